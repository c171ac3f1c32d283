import { call } from '../../../lib/api';

/** What is to change; what is left out stays. `quantity` is of the whole trade, what is filled included. */
export interface Change {
  readonly limit_price?: string;
  readonly stop_price?: string;
  readonly quantity?: string;
}

/** Asks for another price or quantity: until it is done the order stands as it was. */
export async function changeTrade(id: string, change: Change, idempotencyKey: string): Promise<void> {
  await call(`/v1/trades/${encodeURIComponent(id)}`, {
    method: 'PATCH',
    body: change,
    headers: { 'Idempotency-Key': idempotencyKey },
  });
}
