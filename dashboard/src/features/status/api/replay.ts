import { call } from '../../../lib/api';
import { parseReplay, type Replay } from '../../../lib/wire';

/** Market time per wall time, 1 to 1000. */
export async function changeReplay(speed: number): Promise<Replay> {
  return parseReplay(await call('/v1/replay', { method: 'PATCH', body: { speed } }));
}
