package io.alphakite.platform.health;

/** How well something is, best first. */
public enum Status {
  UP,
  /** Works, but someone should look. */
  DEGRADED,
  DOWN;

  /** The worse of two. */
  public Status worse(Status other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
