import { call } from '../../../lib/api';

/** Asks for a cancel: the broker may still fill first, and the trade's own status tells. */
export async function cancelTrade(id: string): Promise<void> {
  await call(`/v1/trades/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
