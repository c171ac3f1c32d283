import { useAction } from '../../lib/action';
import { desk, useDesk } from '../../lib/use-desk';
import { changeReplay } from './api/replay';

const SPEEDS = [1, 5, 10, 30, 60, 120, 300, 1000];

/** How fast the recorded session runs; only where the gateway has a replay. */
export function ReplayControl() {
  const speed = useDesk((state) => state.replay?.speed ?? null);
  const action = useAction();
  if (speed === null) {
    return null;
  }
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].toSorted((a, b) => a - b);
  return (
    <label className="replay" title={action.problem ?? 'Market time per wall time'}>
      Replay speed
      <select
        value={speed}
        disabled={action.busy}
        onChange={(event) => {
          const wanted = Number(event.target.value);
          void action.run(async () => {
            const replay = await changeReplay(wanted);
            desk.update((state) => ({ ...state, replay: replay ?? (state.replay === null ? null : { ...state.replay, speed: wanted }) }));
          });
        }}
      >
        {speeds.map((choice) => (
          <option key={choice} value={choice}>
            {choice}×
          </option>
        ))}
      </select>
    </label>
  );
}
