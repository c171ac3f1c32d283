import { useSyncExternalStore } from 'react';
import { DeskStore, type Desk } from './desk';

/** Renders follow the screen's frames while the page is seen, and a slow beat while it is not. */
function soon(run: () => void): void {
  if (document.visibilityState === 'visible') {
    requestAnimationFrame(run);
  } else {
    setTimeout(run, 1000);
  }
}

/** The page's one store. */
export const desk = new DeskStore(soon);

/** A slice of the store; `select` must give the same object for the same state. */
export function useDesk<T>(select: (desk: Desk) => T): T {
  return useSyncExternalStore(desk.subscribe, () => select(desk.get()));
}
