// Numbers and times as people read them.

/** Groups the digits of a decimal text, with so many places; the sign is a real minus. */
export function amount(text, places = 2) {
  if (text === null || text === undefined) return '–';
  const value = Number(text);
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places }).replace('-', '−');
}

/** An amount with its currency. */
export const money = (text, currency, places = 2) => `${amount(text, places)} ${currency}`;

/** A price or a quantity as exact as it came, with its digits grouped. */
export function exact(text) {
  if (text === null || text === undefined) return '–';
  const [whole, fraction] = String(text).split('.');
  const grouped = whole.replace('-', '−').replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const rest = (fraction ?? '').replace(/0+$/, '');
  return rest === '' ? grouped : `${grouped}.${rest}`;
}

/** How many places these need to be told apart, without zeros at their ends. */
export const places = texts => Math.max(0, ...texts.map(text => (String(text ?? '').split('.')[1] ?? '').replace(/0+$/, '').length));

/** The texts with as many places as the longest of them has, so that their points stand in one line. */
export function aligned(texts) {
  const most = places(texts);
  return text => amount(text, most);
}

/** With a sign in any case: a gain or a loss. */
export function signed(text, places = 2) {
  const value = Number(text);
  return (value > 0 ? '+' : '') + amount(text, places);
}

/** The class of a gain or a loss; the sign says the same. */
export const tone = text => (Number(text) > 0 ? 'up' : Number(text) < 0 ? 'down' : '');

export const percent = (text, places = 2) => `${amount(text, places)} %`;

export const count = value => Number(value).toLocaleString('en-US');

/** The time of day, to the second. */
export const time = text => text.slice(11, 19);

/** Date and time with their zone. */
export const moment = text => `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;

/** Seconds since 1970, as charts want them. */
export const seconds = text => Math.floor(Date.parse(text.replace(/(\.\d{3})\d*Z$/, '$1Z')) / 1000);

export const short = instrument => instrument.split(':').slice(1).join(':');

export const plural = (number, word) => `${count(number)} ${word}${Number(number) === 1 ? '' : 's'}`;
