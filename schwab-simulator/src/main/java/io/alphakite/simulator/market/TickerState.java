package io.alphakite.simulator.market;

import io.alphakite.simulator.recording.RecordingReader;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** One ticker as the market stands now. Not thread-safe: guarded by the market's lock. */
public final class TickerState {
  private final LevelOne image;
  private MinuteBars today = new MinuteBars();
  private @Nullable LocalDate date;
  private boolean quoted;
  private long trades;

  TickerState(String symbol) {
    image = new LevelOne(Listing.of(symbol));
  }

  public String symbol() {
    return image.listing().symbol();
  }

  public LevelOne image() {
    return image;
  }

  /** Minutes of {@link #date()} as far as the market has come. */
  public MinuteBars today() {
    return today;
  }

  /** The session these figures belong to; null before the ticker's first. */
  public @Nullable LocalDate date() {
    return date;
  }

  /** Whether both sides have been quoted since {@link #date()} began. */
  public boolean quoted() {
    return quoted;
  }

  /** Prints since {@link #date()} began. */
  public long trades() {
    return trades;
  }

  void startDay(LocalDate session, long previousCloseE4) {
    date = session;
    today = new MinuteBars();
    quoted = false;
    trades = 0;
    image.startDay(previousCloseE4);
  }

  /** Takes the event that the cursor stands on. */
  void fold(RecordingReader event, long midnight) {
    int millis = event.millisOfDay();
    if (event.kind() == RecordingReader.Kind.QUOTE) {
      image.quote(
          midnight + millis,
          millis,
          event.bidE4(),
          event.bidSize(),
          event.bidVenue(),
          event.askE4(),
          event.askSize(),
          event.askVenue());
      quoted |= event.bidE4() > 0 && event.askE4() > 0;
      return;
    }
    trades++;
    boolean movesPrice = event.kind() == RecordingReader.Kind.PRINT;
    long standing = Math.max(0, image.get(LevelOne.LAST));
    today.add(millis, event.printPriceE4(), event.printSize(), movesPrice, standing);
    image.print(
        midnight + millis,
        millis,
        event.printPriceE4(),
        event.printSize(),
        event.printVenue(),
        movesPrice);
  }
}
