/**
 * One ticker's seconds of one session, in time order, one point a second. Answers of the gateway and messages of the
 * stream are merged here; the newest word on a second wins.
 */
import type { PricePoint } from '../../lib/wire';

/** A full extended day has 57,600 seconds. */
export const MOST_POINTS = 60_000;

export class SessionSeries {
  private points: PricePoint[] = [];

  constructor(private readonly most = MOST_POINTS) {}

  all(): readonly PricePoint[] {
    return this.points;
  }

  last(): PricePoint | undefined {
    return this.points.at(-1);
  }

  first(): PricePoint | undefined {
    return this.points[0];
  }

  clear(): void {
    this.points = [];
  }

  /**
   * Merges points in time order. Answers those that were appended or replaced the last one (to draw by update), or
   * null when something changed further back (to draw anew).
   */
  merge(found: readonly PricePoint[]): readonly PricePoint[] | null {
    const last = this.last()?.time ?? Number.NEGATIVE_INFINITY;
    const tail = found.filter((point) => point.time >= last);
    let rewritten = false;
    if (tail.length < found.length) {
      rewritten = this.mergeOlder(found.filter((point) => point.time < last));
    }
    for (const point of tail) {
      if (point.time === this.last()?.time) {
        this.points[this.points.length - 1] = point;
      } else {
        this.points.push(point);
      }
    }
    if (this.points.length > this.most) {
      this.points = this.points.slice(this.points.length - this.most);
      rewritten = true;
    }
    return rewritten ? null : tail;
  }

  private mergeOlder(older: readonly PricePoint[]): boolean {
    const byTime = new Map(this.points.map((point) => [point.time, point]));
    let changed = false;
    for (const point of older) {
      const known = byTime.get(point.time);
      if (known === undefined || !same(known, point)) {
        byTime.set(point.time, point);
        changed = true;
      }
    }
    if (changed) {
      this.points = [...byTime.values()].toSorted((a, b) => a.time - b.time);
    }
    return changed;
  }
}

function same(a: PricePoint, b: PricePoint): boolean {
  return a.price === b.price && a.volume === b.volume && a.sma9 === b.sma9 && a.vwap === b.vwap;
}
