import { Empty, Panel } from '../../components/panel';
import { Chip } from '../../components/chip';
import { words } from '../../lib/format';
import { useDesk } from '../../lib/use-desk';

const SHOWN = 24;

/** What a person would ask first when something looks wrong: troubles first, then what is well. */
export function HealthNotes() {
  const status = useDesk((state) => state.status);
  const alerts = useDesk((state) => state.alerts);
  const rank = { error: 0, warning: 1, ok: 2 };
  const notes = (status?.notes ?? []).toSorted((a, b) => rank[a.level] - rank[b.level]).slice(0, SHOWN);
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
            <li key={`${alert.time ?? 0}-${index}`} data-level={alert.severity === 'info' ? 'warning' : 'error'}>
              <span className="dot" aria-hidden="true" />
              <span>{alert.message}</span>
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
