package io.alphakite.schwab.trader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of a preview. It has no effect at Schwab and may be asked for again. */
public sealed interface PreviewResult {

  /** Schwab said what would become of the order: also that it would be rejected. */
  record Previewed(OrderPreview preview) implements PreviewResult {}

  /** A 4xx: the order is not even one that could be rejected. */
  record Refused(int status, String message) implements PreviewResult {}

  /** 429. */
  record Throttled(@Nullable Duration retryAfter) implements PreviewResult {}

  /** No usable answer. */
  record Failed(String reason) implements PreviewResult {}
}
