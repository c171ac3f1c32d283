import { describe, expect, test } from 'vitest';
import { toDecimal } from './decimal';
import { age, exactPrice, lastPrice, money, percent, quantity, signedMoney, signedPrice, words } from './format';

describe('numbers as shown', () => {
  test('money is grouped, rounded to cents, with a true minus sign', () => {
    expect(money(toDecimal('1234567.895'))).toBe('1,234,567.90');
    expect(money(toDecimal('-1234.5'))).toBe('−1,234.50');
    expect(money(toDecimal('999'))).toBe('999.00');
    expect(money(null)).toBe('—');
  });

  test('what rounds to zero has no sign', () => {
    expect(money(toDecimal('-0.004'))).toBe('0.00');
    expect(signedMoney(toDecimal('0.004'))).toBe('0.00');
    expect(signedPrice(-0.001)).toBe('0.00');
  });

  test('gains carry a plus', () => {
    expect(signedMoney(toDecimal('0.005'))).toBe('+0.01');
    expect(signedMoney(toDecimal('-3'))).toBe('−3.00');
    expect(percent(-0.00125)).toBe('−0.13%');
  });

  test('prices show two places, and four when they have them', () => {
    expect(lastPrice(167.4)).toBe('167.40');
    expect(lastPrice(167.4150)).toBe('167.4150');
    expect(lastPrice(1.13)).toBe('1.13');
    expect(exactPrice(toDecimal('167.41000000'))).toBe('167.41');
    expect(exactPrice(toDecimal('167.41333333'))).toBe('167.4133');
  });

  test('quantities drop needless zeros only', () => {
    expect(quantity(toDecimal('10.00000000'))).toBe('10');
    expect(quantity(toDecimal('1000'))).toBe('1,000');
    expect(quantity(toDecimal('-2.50'))).toBe('−2.5');
  });

  test('ages and wire words read as words', () => {
    expect([age(12_900), age(240_000), age(3 * 3_600_000)]).toEqual(['12 s', '4 min', '3 h']);
    expect(words('cancel_pending')).toBe('cancel pending');
  });
});
