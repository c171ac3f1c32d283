import { describe, expect, it } from 'vitest';
import { toDecimal, type Decimal } from './decimal';
import { dayResult } from './valuation';
import type { DailyPnl } from './wire';

function decimal(text: string): Decimal {
  const value = toDecimal(text);
  if (value === null) {
    throw new Error(text);
  }
  return value;
}

const TODAY: DailyPnl = { date: '2013-10-08', realizedPnl: decimal('5.50'), carriedPnl: decimal('20.00'), fees: decimal('0.01') };

describe('dayResult', () => {
  it('leaves out what a position had gained before the date began', () => {
    expect(dayResult(TODAY, decimal('25.75'))).toEqual({ realized: '5.49', total: '11.24' });
  });

  it('is nothing on a date without a row, whatever is held', () => {
    expect(dayResult('none', decimal('25.75'))).toEqual({ realized: '0', total: '0' });
  });

  it('is not known before it was asked for, nor without a value of what is held', () => {
    expect(dayResult(null, decimal('25.75'))).toEqual({ realized: null, total: null });
    expect(dayResult(TODAY, null)).toEqual({ realized: '5.49', total: null });
  });
});
