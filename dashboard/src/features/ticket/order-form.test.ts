import { describe, expect, test } from 'vitest';
import type { Quote } from '../../lib/desk';
import { checked, estimatedNotional, type OrderForm } from './order-form';

const form: OrderForm = { ticker: ' spy ', side: 'buy', quantity: '10', orderType: 'market', limitPrice: '', stopPrice: '', timeInForce: 'day', takeProfit: '', stopLoss: '' };
const quote: Quote = { ticker: 'SPY', time: 0, price: 167.41, volume: 0, sma9: null, vwap: null, bid: 167.4, ask: 167.42, heardAt: 0, move: 0, changes: 0 };

describe('order form', () => {
  test('a market order names no price, whatever the hidden fields hold', () => {
    expect(checked({ ...form, limitPrice: '5' })).toEqual({
      kind: 'order',
      order: { ticker: 'SPY', side: 'buy', quantity: '10', order_type: 'market', time_in_force: 'day' },
    });
  });

  test('a stop-limit order needs both prices', () => {
    const both: OrderForm = { ...form, orderType: 'stop_limit', limitPrice: '167.5', stopPrice: '167.4001' };
    expect(checked(both)).toMatchObject({ kind: 'order', order: { limit_price: '167.5', stop_price: '167.4001' } });
    expect(checked({ ...both, stopPrice: '' }).kind).toBe('problem');
  });

  test('an opening order may bring exits with it, a closing one none', () => {
    const exits: OrderForm = { ...form, takeProfit: '170', stopLoss: ' 165.5 ' };
    expect(checked(exits)).toMatchObject({ kind: 'order', order: { bracket: { take_profit: '170', stop_loss: '165.5' } } });
    expect(checked({ ...exits, takeProfit: '' })).toMatchObject({ order: { bracket: { stop_loss: '165.5' } } });
    expect(checked({ ...exits, side: 'sell' })).toEqual(checked({ ...form, side: 'sell' }));
    expect(checked({ ...exits, stopLoss: 'x' }).kind).toBe('problem');
  });

  test.each(['0', '-1', '1.5', '1e3', '', 'ten'])('refuses the quantity %s', (quantity) => {
    expect(checked({ ...form, quantity }).kind).toBe('problem');
  });

  test.each(['0', '0.0000', '1.23456', '-2', '1,000'])('refuses the limit price %s', (limitPrice) => {
    expect(checked({ ...form, orderType: 'limit', limitPrice }).kind).toBe('problem');
  });

  test('estimates at the side it would meet, exactly', () => {
    expect(estimatedNotional(form, quote)).toBe('1674.20');
    expect(estimatedNotional({ ...form, side: 'sell' }, quote)).toBe('1674.0');
    expect(estimatedNotional({ ...form, orderType: 'limit', limitPrice: '100.25' }, undefined)).toBe('1002.50');
    expect(estimatedNotional(form, undefined)).toBeNull();
  });
});
