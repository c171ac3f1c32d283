package io.alphakite.streaming.watch;

import java.util.Locale;

/** What the feed as a whole is, judged by its data. */
public enum FeedState {
  /** Not known yet: no connection and no time. */
  STARTING,
  /** Outside the hours nothing is expected. */
  CLOSED,
  /** Data comes as it should. */
  FLOWING,
  /** The replay itself stands, paused or at its end: nothing is expected. */
  STANDING,
  /** No connection, or one over which nothing at all comes. */
  DEAD_SOCKET,
  /** The connection lives, heartbeats come, but no data of any canary. */
  MUTE_FEED,
  /** Schwab does not let us in: a person has to log in. */
  DEAD_TOKEN,
  /** Another program of this user took the connection (code 12): a person has to decide. */
  TAKEN_OVER;

  /** Whether prices must not be traded on, since nobody knows the market. */
  public boolean blocking() {
    return switch (this) {
      case DEAD_SOCKET, MUTE_FEED, DEAD_TOKEN, TAKEN_OVER -> true;
      case STARTING, CLOSED, FLOWING, STANDING -> false;
    };
  }

  /** As tables and metrics write it: {@code mute_feed}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
