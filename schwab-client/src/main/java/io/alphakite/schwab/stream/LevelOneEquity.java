package io.alphakite.schwab.stream;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of one symbol on this connection, all deltas merged (LEVELONE_EQUITIES). Null
 * means that Schwab never sent the field on this connection or sent null, which {@link #state}
 * tells apart; zero is zero. Prices are rounded half-up to four decimals.
 *
 * @param bid field 1
 * @param ask field 2
 * @param last field 3
 * @param bidSize field 4
 * @param askSize field 5
 * @param totalVolume field 8, shares since the day's start, pre- and post-market included
 * @param lastSize field 9; conflated, so never add it up
 * @param dayHigh field 10, regular session
 * @param dayLow field 11, regular session
 * @param previousClose field 12
 * @param dayOpen field 17, 0 before the open
 * @param securityStatus field 32
 * @param quoteTime field 34
 * @param tradeTime field 35
 * @param delayed whether Schwab marks the symbol's data as delayed
 * @param sent the numbers of the fields that were sent, as bits (bit 8 = field 8)
 * @param others the fields besides these, for whoever asks for them
 */
public record LevelOneEquity(
    Ticker ticker,
    @Nullable Price bid,
    @Nullable Price ask,
    @Nullable Price last,
    @Nullable Long bidSize,
    @Nullable Long askSize,
    @Nullable Long totalVolume,
    @Nullable Long lastSize,
    @Nullable Price dayHigh,
    @Nullable Price dayLow,
    @Nullable Price previousClose,
    @Nullable Price dayOpen,
    @Nullable String securityStatus,
    @Nullable Instant quoteTime,
    @Nullable Instant tradeTime,
    boolean delayed,
    long sent,
    LevelOneFields others) {

  /** What is known of a field. */
  public FieldState state(int field) {
    if (field < 0 || field >= FieldTable.SIZE_MAX || (sent & (1L << field)) == 0) {
      return FieldState.ABSENT;
    }
    Object value =
        switch (field) {
          case 1 -> bid;
          case 2 -> ask;
          case 3 -> last;
          case 4 -> bidSize;
          case 5 -> askSize;
          case 8 -> totalVolume;
          case 9 -> lastSize;
          case 10 -> dayHigh;
          case 11 -> dayLow;
          case 12 -> previousClose;
          case 17 -> dayOpen;
          case 32 -> securityStatus;
          case 34 -> quoteTime;
          case 35 -> tradeTime;
          default -> others.state(field) == FieldState.VALUE ? others : null;
        };
    return value == null ? FieldState.NULL : FieldState.VALUE;
  }

  /** A builder for this symbol with nothing known. */
  public static Builder of(Ticker ticker) {
    return new Builder(ticker);
  }

  /** The merge state of one symbol; not thread-safe. */
  public static final class Builder {

    private final Ticker ticker;
    private @Nullable Price bid;
    private @Nullable Price ask;
    private @Nullable Price last;
    private @Nullable Long bidSize;
    private @Nullable Long askSize;
    private @Nullable Long totalVolume;
    private @Nullable Long lastSize;
    private @Nullable Price dayHigh;
    private @Nullable Price dayLow;
    private @Nullable Price previousClose;
    private @Nullable Price dayOpen;
    private @Nullable String securityStatus;
    private @Nullable Instant quoteTime;
    private @Nullable Instant tradeTime;
    private boolean delayed;
    private long sent;
    private LevelOneFields.@Nullable Merge others;
    private LevelOneFields othersImage = LevelOneFields.NONE;

    private Builder(Ticker ticker) {
      this.ticker = ticker;
    }

    public Builder bid(@Nullable Price value) {
      bid = value;
      return this;
    }

    public Builder ask(@Nullable Price value) {
      ask = value;
      return this;
    }

    public Builder last(@Nullable Price value) {
      last = value;
      return this;
    }

    public Builder bidSize(@Nullable Long value) {
      bidSize = value;
      return this;
    }

    public Builder askSize(@Nullable Long value) {
      askSize = value;
      return this;
    }

    public Builder totalVolume(@Nullable Long value) {
      totalVolume = value;
      return this;
    }

    public Builder lastSize(@Nullable Long value) {
      lastSize = value;
      return this;
    }

    public Builder dayHigh(@Nullable Price value) {
      dayHigh = value;
      return this;
    }

    public Builder dayLow(@Nullable Price value) {
      dayLow = value;
      return this;
    }

    public Builder previousClose(@Nullable Price value) {
      previousClose = value;
      return this;
    }

    public Builder dayOpen(@Nullable Price value) {
      dayOpen = value;
      return this;
    }

    public Builder securityStatus(@Nullable String value) {
      securityStatus = value;
      return this;
    }

    public Builder quoteTime(@Nullable Instant value) {
      quoteTime = value;
      return this;
    }

    public Builder tradeTime(@Nullable Instant value) {
      tradeTime = value;
      return this;
    }

    public Builder delayed(boolean value) {
      delayed = value;
      return this;
    }

    /** Adds fields to those that were sent. */
    Builder sent(long fields) {
      sent |= fields;
      return this;
    }

    /** A field besides the named ones. */
    Builder other(int field, @Nullable Object value) {
      LevelOneFields.Merge merge = others;
      if (merge == null) {
        merge = new LevelOneFields.Merge(FieldTable.of(StreamService.LEVELONE_EQUITIES).size());
        others = merge;
      }
      merge.put(field, value);
      othersImage = merge.image();
      return this;
    }

    public LevelOneEquity build() {
      return new LevelOneEquity(
          ticker,
          bid,
          ask,
          last,
          bidSize,
          askSize,
          totalVolume,
          lastSize,
          dayHigh,
          dayLow,
          previousClose,
          dayOpen,
          securityStatus,
          quoteTime,
          tradeTime,
          delayed,
          sent,
          othersImage);
    }
  }
}
