import { Empty, Panel } from '../../components/panel';
import { Chip } from '../../components/chip';
import { age, words } from '../../lib/format';
import { clockMinutes } from '../../lib/time';
import { useDesk } from '../../lib/use-desk';
import type { HealthNote } from '../../lib/wire';

const SHOWN = 24;
const ALERT_LEVELS: Readonly<Record<string, HealthNote['level']>> = { info: 'info', notice: 'info', warn: 'warning', warning: 'warning' };
/** The engine compares every few seconds; minutes without a proof are worth a look. */
const PROOF_OLD_MILLIS = 180_000;

/** What a person would ask first when something looks wrong: troubles first, then what is well. */
export function HealthNotes() {
  const status = useDesk((state) => state.status);
  const alerts = useDesk((state) => state.alerts);
  const rank = { error: 0, warning: 1, info: 2, ok: 3 };
  // In steps of five seconds: the panel need not be drawn anew each second.
  const provenFor = useDesk((state) => (state.status?.brokerProvenAt ? Math.floor((state.wallClock - state.status.brokerProvenAt) / 5000) * 5000 : null));
  // Alarms have their own place on the page.
  const notes = [...(status?.notes ?? []).filter((note) => note.subject !== 'alarm'), ...proofNote(provenFor)].toSorted((a, b) => rank[a.level] - rank[b.level]).slice(0, SHOWN);
  const overall = status?.overall ?? null;
  return (
    <Panel
      title="System"
      className="health"
      aside={overall === null ? undefined : <Chip tone={overallTone(overall)}>{words(overall.toLowerCase())}</Chip>}
    >
      {notes.length === 0 && alerts.length === 0 ? (
        <Empty>{status === null ? 'No report yet.' : 'Nothing to report.'}</Empty>
      ) : (
        <ul className="notes">
          {alerts.map((alert, index) => (
            <li key={`${alert.time ?? 0}-${index}`} data-level={ALERT_LEVELS[alert.severity.toLowerCase()] ?? 'error'}>
              <span className="dot" aria-hidden="true" />
              <span>
                {alert.time !== null && <b>{clockMinutes(alert.time)}</b>} {alert.message}
              </span>
            </li>
          ))}
          {notes.map((note) => (
            <li key={`${note.subject} ${note.text}`} data-level={note.level}>
              <span className="dot" aria-hidden="true" />
              <span>
                {note.subject !== '' && <b>{words(note.subject)}</b>} {note.text}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** When the engine last showed its books equal to the broker's. */
function proofNote(millisAgo: number | null): HealthNote[] {
  if (millisAgo === null) {
    return [];
  }
  const when = millisAgo < 10_000 ? 'just now' : `${age(millisAgo)} ago`;
  return [{ level: millisAgo > PROOF_OLD_MILLIS ? 'warning' : 'ok', subject: 'broker', text: `shown equal to our books ${when}` }];
}

function overallTone(overall: string): 'up' | 'warn' | 'danger' {
  switch (overall.toLowerCase()) {
    case 'up':
    case 'ok':
    case 'healthy':
      return 'up';
    case 'down':
    case 'error':
      return 'danger';
    default:
      return 'warn';
  }
}
