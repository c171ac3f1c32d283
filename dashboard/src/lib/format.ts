/** Every number that the page shows is written here: grouped, with a true minus sign, and an em dash for "none". */
import { round, signOf, type Decimal } from './decimal';

export const NONE = '—';
const MINUS = '−';

function grouped(plain: string): string {
  const [whole = '', fraction] = plain.replace('-', '').split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${plain.startsWith('-') ? MINUS : ''}${groups}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** 1,234.50; a value that rounds to zero has no sign. */
export function money(value: Decimal | null, places = 2): string {
  if (value === null) {
    return NONE;
  }
  const rounded = round(value, places);
  return grouped(signOf(rounded) === 0 ? rounded.replace('-', '') : rounded);
}

/** As money, with a plus sign when it is a gain. */
export function signedMoney(value: Decimal | null, places = 2): string {
  return value !== null && signOf(round(value, places)) > 0 ? `+${money(value, places)}` : money(value, places);
}

/** A price of an order or a fill: two places, up to four where it has them. */
export function exactPrice(value: Decimal | null): string {
  if (value === null) {
    return NONE;
  }
  const four = round(value, 4);
  return grouped(four.endsWith('00') ? four.slice(0, -2) : four);
}

/** A share quantity without needless zeros. */
export function quantity(value: Decimal | null): string {
  return value === null ? NONE : grouped(value.includes('.') ? value.replace(/\.?0+$/, '') : value);
}

/** A market-data price (a JSON number with four decimals at most): two places, up to four where asked. */
export function price(value: number | null, places = 2): string {
  return value === null ? NONE : grouped(value.toFixed(places));
}

/** A last price: as quoted, so sub-penny prints keep their digits. */
export function lastPrice(value: number | null): string {
  if (value === null) {
    return NONE;
  }
  return price(value, Number.isInteger(Math.round(value * 10_000) / 100) ? 2 : 4);
}

/** +0.42 or −0.42. */
export function signedPrice(value: number | null, places = 2): string {
  if (value === null) {
    return NONE;
  }
  const text = price(Math.abs(value), places);
  return Number(text.replaceAll(',', '')) === 0 ? text : `${value > 0 ? '+' : MINUS}${text}`;
}

/** A ratio as a signed percentage: 0.0042 is +0.42%. */
export function percent(ratio: number | null): string {
  return ratio === null ? NONE : `${signedPrice(ratio * 100)}%`;
}

export function count(value: number | null): string {
  return value === null ? NONE : grouped(String(Math.round(value)));
}

/** 12 s, 4 min, 3 h: how old something is. */
export function age(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 120) {
    return `${seconds} s`;
  }
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

/** snake_case words of the wire in plain words: cancel_pending is "cancel pending". */
export function words(wire: string): string {
  return wire.replaceAll('_', ' ');
}
