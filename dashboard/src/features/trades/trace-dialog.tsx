import { useEffect, useRef, useState } from 'react';
import { inWords } from '../../lib/api';
import { clock } from '../../lib/time';
import { loadTrace, tracePath, type Moment } from './api/load-trace';

/** Why a trade is as it is: what happened, in order, with the figures it was decided on. */
export function TraceDialog({ id, title, onClose }: { readonly id: string; readonly title: string; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [moments, setMoments] = useState<readonly Moment[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
    let wanted = true;
    loadTrace(id).then(
      (found) => wanted && setMoments(found),
      (error: unknown) => wanted && setProblem(inWords(error)),
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  return (
    <dialog ref={dialog} className="dialog trace" aria-label={title} onClose={onClose}>
      <form method="dialog">
        <h2>{title}</h2>
        <div className="dialog-body">
          {problem !== null && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
          {moments !== null && (
            <ol>
              {moments.map((moment, index) => (
                <li key={`${moment.at ?? 0} ${index}`} data-kind={moment.kind}>
                  <time>
                    {moment.at === null ? '' : clock(moment.at)}
                    {moment.marketTime !== null && <span>market {clock(moment.marketTime)}</span>}
                  </time>
                  <div>
                    <b>{moment.says}</b>
                    {moment.details.map((line) => (
                      <p key={line}>{line}</p>
                    ))}
                  </div>
                </li>
              ))}
            </ol>
          )}
        </div>
        <div className="dialog-actions">
          <a className="link" href={`${tracePath(id)}?download=1`} download>
            Keep as a file
          </a>
          <button type="submit" className="button">
            Close
          </button>
        </div>
      </form>
    </dialog>
  );
}
