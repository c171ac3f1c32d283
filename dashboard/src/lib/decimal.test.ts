import { describe, expect, test } from 'vitest';
import { add, multiply, negate, round, signOf, subtract, sum, toDecimal, ZERO, type Decimal } from './decimal';

const d = (text: string): Decimal => {
  const value = toDecimal(text);
  if (value === null) {
    throw new Error(`${text} is no decimal`);
  }
  return value;
};

describe('decimals', () => {
  test('come from strings and JSON numbers, and from nothing else', () => {
    expect(toDecimal('-12.3400')).toBe('-12.3400');
    expect(toDecimal(167.41)).toBe('167.41');
    for (const wrong of ['', 'abc', '1e5', '1,000', '.5', '5.', null, undefined, {}, Number.NaN, 1e30]) {
      expect(toDecimal(wrong)).toBeNull();
    }
  });

  test('add exactly where floats do not', () => {
    expect(add(d('0.1'), d('0.2'))).toBe('0.3');
    expect(subtract(d('99999999999999999999.99'), d('0.0001'))).toBe('99999999999999999999.9899');
    expect(sum([d('1.5'), d('-2.25'), ZERO])).toBe('-0.75');
  });

  test('multiply exactly, keeping every place', () => {
    expect(multiply(d('-10'), d('167.4150'))).toBe('-1674.1500');
  });

  test('round half away from zero and pad with zeros', () => {
    expect(round(d('2.345'), 2)).toBe('2.35');
    expect(round(d('-2.345'), 2)).toBe('-2.35');
    expect(round(d('2.3449999'), 2)).toBe('2.34');
    expect(round(d('7'), 2)).toBe('7.00');
  });

  test('know their sign, minus zero included', () => {
    expect([d('-0.00'), d('0.01'), negate(d('3'))].map(signOf)).toEqual([0, 1, -1]);
  });
});
