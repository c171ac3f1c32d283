import { call } from '../../../lib/api';
import { asObject, parseTrade, type Trade } from '../../../lib/wire';
import type { OrderRequest } from '../order-form';

/**
 * Asks for an order. The same key with the same order gives the first answer again, so after a lost answer the
 * request may be repeated safely.
 */
export async function placeTrade(order: OrderRequest, idempotencyKey: string): Promise<Trade> {
  const answer = asObject(
    await call('/v1/trades', { method: 'POST', body: order, headers: { 'Idempotency-Key': idempotencyKey } }),
  );
  // The answer has at least id and status; what was asked fills the rest until the stream tells it in full.
  return parseTrade({ created_at: new Date().toISOString(), ...order, ...answer });
}
