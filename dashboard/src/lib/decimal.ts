/**
 * Exact decimals for what is owned or owed. The wire carries money as decimal strings; they stay strings here and are
 * computed with BigInt, never through a float.
 */
export type Decimal = string & { readonly __nominal: 'Decimal' };

const PLAIN = /^-?\d{1,30}(?:\.\d{1,18})?$/;

export const ZERO = '0' as Decimal;

/** The decimal that a JSON value holds, or null when it is none. A JSON number keeps the digits it was written with. */
export function toDecimal(value: unknown): Decimal | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && PLAIN.test(text) ? (text as Decimal) : null;
}

interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

function scaled(decimal: Decimal): Scaled {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function unscaled({ units, scale }: Scaled): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale > 0 ? `.${fraction}` : ''}` as Decimal;
}

function raise({ units, scale }: Scaled, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [scaled(a), scaled(b)];
  const scale = Math.max(x.scale, y.scale);
  return unscaled({ units: raise(x, scale) + raise(y, scale), scale });
}

export function negate(a: Decimal): Decimal {
  const { units, scale } = scaled(a);
  return unscaled({ units: -units, scale });
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [scaled(a), scaled(b)];
  return unscaled({ units: x.units * y.units, scale: x.scale + y.scale });
}

export function sum(decimals: readonly Decimal[]): Decimal {
  return decimals.reduce(add, ZERO);
}

/** -1, 0 or 1. */
export function signOf(a: Decimal): -1 | 0 | 1 {
  const { units } = scaled(a);
  return units === 0n ? 0 : units < 0n ? -1 : 1;
}

/** Rounded half away from zero to that many places, padded with zeros. */
export function round(a: Decimal, places: number): Decimal {
  const value = scaled(a);
  if (value.scale <= places) {
    return unscaled({ units: raise(value, places), scale: places });
  }
  const divisor = 10n ** BigInt(value.scale - places);
  const half = value.units < 0n ? -divisor / 2n : divisor / 2n;
  return unscaled({ units: (value.units + half) / divisor, scale: places });
}
