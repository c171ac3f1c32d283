package io.alphakite.gateway.tickers;

import io.alphakite.platform.tickers.TickerEntry;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A ticker that is streamed, or wanted, or was taken away although the setting names it.
 *
 * @param status {@code waiting}, {@code streaming}, {@code refused}, {@code leaving} or {@code
 *     removed}, as the streaming service last said
 * @param source {@code setting} (STREAM_TICKERS) or {@code person}: whose word counts
 * @param inSetting whether STREAM_TICKERS named it at the last start
 * @param since when it was asked for, or taken away
 * @param warning what to mind about what was just done; null when there is nothing
 */
record TickerView(
    String ticker,
    boolean wanted,
    boolean streamed,
    String status,
    String source,
    boolean inSetting,
    @Nullable String reason,
    Instant since,
    @Nullable String warning) {

  static TickerView of(TickerEntry entry, @Nullable String warning) {
    return new TickerView(
        entry.ticker().symbol(),
        entry.wanted(),
        entry.streamed(),
        entry.status().name().toLowerCase(Locale.ROOT),
        entry.source().name().toLowerCase(Locale.ROOT),
        entry.inSetting(),
        entry.reason(),
        entry.since(),
        warning);
  }
}
