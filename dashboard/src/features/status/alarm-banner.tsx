import { useState } from 'react';
import { clockMinutes } from '../../lib/time';
import { useDesk } from '../../lib/use-desk';

/** So many are read at a glance. */
const AT_A_GLANCE = 2;

/** Alarms that hold: what is wrong and what to do, above everything else until it is over. */
export function AlarmBanner() {
  const alarms = useDesk((state) => state.alarms);
  const [all, setAll] = useState(false);
  const told = alarms.filter((alarm) => alarm.severity !== 'info');
  if (told.length === 0) {
    return null;
  }
  const shown = all ? told : told.slice(0, AT_A_GLANCE);
  return (
    <section className="alarms" aria-label="Alarms" role="alert">
      <ul>
        {shown.map((alarm) => (
          <li key={alarm.id} data-severity={alarm.severity}>
            <span className="alarm-mark" aria-hidden="true">
              !
            </span>
            <p>
              <b>{alarm.message}</b>
              {alarm.hint !== null && <span>{alarm.hint}</span>}
            </p>
            {alarm.raisedAt !== null && <time dateTime={new Date(alarm.raisedAt).toISOString()}>since {clockMinutes(alarm.raisedAt)} ET</time>}
          </li>
        ))}
      </ul>
      {told.length > AT_A_GLANCE && (
        <button type="button" onClick={() => setAll(!all)}>
          {all ? 'Show less' : `${told.length - shown.length} more`}
        </button>
      )}
    </section>
  );
}
