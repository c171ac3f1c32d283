import { call } from '../../../lib/api';
import { parseReplay, type Replay } from '../../../lib/wire';

/** Asks for that much market time per wall time, 1 to 1000; null when the answer does not say what holds now. */
export async function changeReplay(speed: number): Promise<Replay | null> {
  const answer = await call('/v1/replay', { method: 'PATCH', body: { speed } });
  return answer === null ? null : parseReplay(answer);
}
