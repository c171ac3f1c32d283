import { call } from '../../../lib/api';

/** A person accepts what the trade lacks of its exits: what it said when they looked, and no more. */
export async function acceptUnprotected(id: string, shown: string): Promise<void> {
  await call(`/v1/trades/${encodeURIComponent(id)}/unprotected/accept`, { method: 'POST', body: { unprotected: shown } });
}
