package io.alphakite.streaming.watch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a replay is, as its simulator tells.
 *
 * @param standing whether its market is paused or over: nothing can come
 * @param marketTime its clock; null when not known
 */
public record ReplayPlace(boolean standing, @Nullable Instant marketTime) {

  /** No replay, or nothing known of it. */
  public static final ReplayPlace NONE = new ReplayPlace(false, null);
}
