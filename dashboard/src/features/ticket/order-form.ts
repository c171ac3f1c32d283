/** What the ticket's fields say, checked before anything is sent. The gateway checks again; this saves a round trip. */
import { multiply, signOf, toDecimal, type Decimal } from '../../lib/decimal';
import type { Quote } from '../../lib/desk';

export const SIDES = ['buy', 'sell', 'sell_short', 'buy_to_cover'] as const;
export type Side = (typeof SIDES)[number];
export const ORDER_TYPES = ['market', 'limit', 'stop', 'stop_limit'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];
export const TIMES_IN_FORCE = ['day', 'gtc'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** The fields as typed. */
export interface OrderForm {
  readonly ticker: string;
  readonly side: Side;
  readonly quantity: string;
  readonly orderType: OrderType;
  readonly limitPrice: string;
  readonly stopPrice: string;
  readonly timeInForce: TimeInForce;
  /** Exits that an opening order brings with it; blank for none. */
  readonly takeProfit: string;
  readonly stopLoss: string;
}

/** The body of POST /v1/trades. */
export interface OrderRequest {
  readonly ticker: string;
  readonly side: Side;
  readonly quantity: string;
  readonly order_type: OrderType;
  readonly limit_price?: string;
  readonly stop_price?: string;
  readonly time_in_force: TimeInForce;
  readonly bracket?: { readonly take_profit?: string; readonly stop_loss?: string };
}

export type Checked = { readonly kind: 'order'; readonly order: OrderRequest } | { readonly kind: 'problem'; readonly problem: string };

export function needsLimit(type: OrderType): boolean {
  return type === 'limit' || type === 'stop_limit';
}

export function needsStop(type: OrderType): boolean {
  return type === 'stop' || type === 'stop_limit';
}

/** Whether exits may come with it: those of a closing order have nothing to close. */
export function opens(side: Side): boolean {
  return side === 'buy' || side === 'sell_short';
}

function problem(text: string): Checked {
  return { kind: 'problem', problem: text };
}

function validPrice(text: string): boolean {
  const value = /^\d{1,8}(\.\d{1,4})?$/.test(text) ? toDecimal(text) : null;
  return value !== null && signOf(value) > 0;
}

export function checked(form: OrderForm): Checked {
  const ticker = form.ticker.trim().toUpperCase();
  const quantity = form.quantity.trim();
  const limit = form.limitPrice.trim();
  const stop = form.stopPrice.trim();
  const profit = opens(form.side) ? form.takeProfit.trim() : '';
  const loss = opens(form.side) ? form.stopLoss.trim() : '';
  if (!/^[A-Z$][A-Z0-9./-]{0,14}$/.test(ticker)) {
    return problem('Give a ticker, such as SPY.');
  }
  if (!/^[1-9]\d{0,8}$/.test(quantity)) {
    return problem('Quantity is a whole number of shares, 1 or more.');
  }
  if (needsLimit(form.orderType) && !validPrice(limit)) {
    return problem('Give a limit price above 0 with at most four decimals.');
  }
  if (needsStop(form.orderType) && !validPrice(stop)) {
    return problem('Give a stop price above 0 with at most four decimals.');
  }
  if (profit !== '' && !validPrice(profit)) {
    return problem('Give a take profit above 0 with at most four decimals, or none.');
  }
  if (loss !== '' && !validPrice(loss)) {
    return problem('Give a stop loss above 0 with at most four decimals, or none.');
  }
  return {
    kind: 'order',
    order: {
      ticker,
      side: form.side,
      quantity,
      order_type: form.orderType,
      ...(needsLimit(form.orderType) ? { limit_price: limit } : {}),
      ...(needsStop(form.orderType) ? { stop_price: stop } : {}),
      time_in_force: form.timeInForce,
      ...(profit + loss === ''
        ? {}
        : { bracket: { ...(profit === '' ? {} : { take_profit: profit }), ...(loss === '' ? {} : { stop_loss: loss }) } }),
    },
  };
}

/** About what the order is worth: at its limit or stop price, else at the side of the quote it would meet. */
export function estimatedNotional(form: OrderForm, quote: Quote | undefined): Decimal | null {
  const result = checked(form);
  if (result.kind === 'problem') {
    return null;
  }
  const { order } = result;
  const met = order.side.startsWith('buy') ? (quote?.ask ?? quote?.price) : (quote?.bid ?? quote?.price);
  const price = toDecimal(order.limit_price ?? order.stop_price ?? met);
  const quantity = toDecimal(order.quantity);
  return price === null || quantity === null ? null : multiply(price, quantity);
}
