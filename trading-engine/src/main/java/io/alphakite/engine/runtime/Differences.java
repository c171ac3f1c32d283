package io.alphakite.engine.runtime;

import java.time.Instant;
import java.util.Collection;

/** Differences between our positions and the broker's, which block new risk until explained. */
public interface Differences {

  /** Writes one down; whether it is new, or other than before. */
  boolean add(String accountId, String symbol, long ours, long theirs, Instant since);

  /** Those of other symbols are explained. */
  void keepOnly(String accountId, Collection<String> symbols);
}
