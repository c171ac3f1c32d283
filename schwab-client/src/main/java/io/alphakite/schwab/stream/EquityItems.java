package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/** LEVELONE_EQUITIES: the hot path, read as a stream of tokens. */
final class EquityItems implements Items {

  private static final StreamService SERVICE = StreamService.LEVELONE_EQUITIES;

  private final FrameDecoder.Context context;
  private final EquityItem item;
  private final Map<String, Symbol> symbols = new HashMap<>();

  /** A symbol's merge state; no builder before its first image. */
  private static final class Symbol {
    final Ticker ticker;
    LevelOneEquity.@Nullable Builder merged;
    @Nullable Long volume;
    @Nullable Instant tradeTime;

    /** The trade time that came with the volume; null when none came: it had not changed. */
    @Nullable Instant volumeTime;

    Symbol(Ticker ticker) {
      this.ticker = ticker;
    }

    void forget() {
      merged = null;
      volume = null;
      tradeTime = null;
      volumeTime = null;
    }
  }

  EquityItems(FrameDecoder.Context context) {
    this.context = context;
    this.item = new EquityItem(context.oddities());
  }

  @Override
  public void read(JsonParser json, Instant at) {
    item.read(json);
    Symbol symbol = symbol(item.key());
    if (symbol == null) {
      return;
    }
    LevelOneEquity.Builder merged = symbol.merged;
    if (merged != null && isOutdated(symbol)) {
      boolean withheld =
          context.damaged(SERVICE, symbol.ticker, earlier(item.tradeTime(), symbol.tradeTime));
      if (withheld) {
        symbol.forget();
        return;
      }
    }
    boolean first = false;
    if (item.isMarkedImage() || (merged == null && item.looksLikeImage())) {
      first = merged == null;
      merged = LevelOneEquity.of(symbol.ticker);
      symbol.merged = merged;
    } else if (merged == null) {
      context.earlyDelta(SERVICE, symbol.ticker.symbol());
      return;
    }
    item.applyTo(merged);
    Long volume = item.totalVolume();
    Instant tradeTime = item.tradeTime();
    if (volume != null) {
      symbol.volume = volume;
      symbol.volumeTime = tradeTime;
    }
    symbol.tradeTime = tradeTime == null ? symbol.tradeTime : tradeTime;
    context.event(
        SERVICE,
        symbol.ticker.symbol(),
        new StreamEvent.EquityUpdate(
            context.generation(), symbol.ticker, merged.build(), first, item.carried(), at));
  }

  /**
   * The day's volume only grows: less of it with a newer trade than the one that came with the
   * volume before is a correction, else an older item or a correction, and an image tells. Much
   * less is a count that began anew.
   */
  private boolean isOutdated(Symbol symbol) {
    Long volume = item.isMarkedImage() ? null : item.totalVolume();
    Long before = symbol.volume;
    boolean less = volume != null && before != null && volume < before && volume > before / 2;
    return less && !isLater(item.tradeTime(), symbol.volumeTime);
  }

  private static boolean isLater(@Nullable Instant time, @Nullable Instant other) {
    return time != null && other != null && time.isAfter(other);
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  @Override
  public void forgetAll() {
    symbols.values().forEach(Symbol::forget);
  }

  @Override
  public void forget(String key) {
    symbols.remove(key);
  }

  @Override
  public @Nullable Instant tradeTime(String key) {
    Symbol known = symbols.get(key);
    return known == null ? null : known.tradeTime;
  }

  private @Nullable Symbol symbol(@Nullable String key) {
    Symbol known = symbols.get(key);
    if (known != null) {
      return known;
    }
    if (key == null || symbols.size() >= FrameDecoder.SYMBOLS_MAX) {
      context.oddities().badItem(SERVICE, "key", String.valueOf(key));
      return null;
    }
    try {
      Symbol fresh = new Symbol(Ticker.of(key));
      symbols.put(key, fresh);
      return fresh;
    } catch (IllegalArgumentException _) {
      context.oddities().badItem(SERVICE, "key", key);
      return null;
    }
  }
}
