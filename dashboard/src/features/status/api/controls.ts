import { call } from '../../../lib/api';
import { parseControls, type Controls } from '../../../lib/wire';

export interface ControlsChange {
  readonly auto_trading?: boolean;
  readonly armed?: boolean;
  /** The last four of the account: a broker other than the simulator asks for it when arming. */
  readonly confirm?: string;
  /** The version of the halt that was shown. */
  readonly halt_version?: string;
  readonly state?: 'active' | 'reduce_only' | 'halted';
}

export async function readControls(): Promise<Controls> {
  return parseControls(await call('/v1/trading/controls'));
}

export async function changeControls(change: ControlsChange): Promise<Controls> {
  return parseControls(await call('/v1/trading/controls', { method: 'PATCH', body: change }));
}

/** Halts at once and cancels working orders; `flatten` also closes every position. */
export async function kill(flatten: boolean): Promise<void> {
  await call('/v1/trading/kill', { method: 'POST', body: { flatten } });
}
