package io.alphakite.simulator.recording;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.zip.GZIPInputStream;

/**
 * A cursor over one recorded day of one ticker. {@link #next()} steps to the next event; the other
 * methods describe it and the state after it. Decodes as it goes and holds some 20 KB, never the
 * day. Not thread-safe.
 *
 * <p>Prices are ten-thousandths of a dollar, sizes shares, times milliseconds since New York
 * midnight.
 */
public final class RecordingReader implements AutoCloseable {
  /** What the cursor stands on. */
  public enum Kind {
    /** A print that moves the last price and counts as volume. */
    PRINT,
    /** A print (average price) that counts as volume and does not move the last price. */
    VOLUME_ONLY_PRINT,
    /** A change of the national best bid and offer. */
    QUOTE
  }

  private final InputStream in;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int limit;

  private final String ticker;
  private final LocalDate date;
  private final long tickE4;
  private final long previousCloseE4;

  private Kind kind = Kind.QUOTE;
  private int millis;
  private long price;
  private long printPrice;
  private long size;
  private char venue = ' ';
  private long bid;
  private long bidSize;
  private char bidVenue = 'A';
  private long ask;
  private long askSize;
  private char askVenue = 'A';
  private long prints;
  private long quotes;
  private boolean ended;

  /** Reads the header. Closes {@code compressed} with itself. */
  public RecordingReader(InputStream compressed) throws IOException {
    in = new GZIPInputStream(compressed, 8192);
    int magic = 0;
    for (int i = 0; i < 4; i++) {
      magic = magic << 8 | read();
    }
    if (magic != RecordingFormat.MAGIC) {
      throw new IOException("not a recording of version 1");
    }
    StringBuilder name = new StringBuilder();
    for (int length = read(); length > 0; length--) {
      name.append((char) read());
    }
    ticker = name.toString();
    date = LocalDate.ofEpochDay(unsigned());
    tickE4 = unsigned();
    previousCloseE4 = unsigned() * tickE4;
  }

  public String ticker() {
    return ticker;
  }

  public LocalDate date() {
    return date;
  }

  /** Close of the session before; 0 when unknown. */
  public long previousCloseE4() {
    return previousCloseE4;
  }

  /**
   * Steps to the next event.
   *
   * @return false at the end
   * @throws IOException when the file is damaged or cut short
   */
  public boolean next() throws IOException {
    if (ended) {
      return false;
    }
    int header = read();
    switch (header & 3) {
      case RecordingFormat.PRINT -> print(header, Kind.PRINT);
      case RecordingFormat.VOLUME_ONLY_PRINT -> print(header, Kind.VOLUME_ONLY_PRINT);
      case RecordingFormat.QUOTE -> quote(header);
      default -> end();
    }
    return !ended;
  }

  private void print(int header, Kind printKind) throws IOException {
    kind = printKind;
    venue = (char) ('A' + (header >> 2));
    millis += (int) unsigned();
    printPrice = price + signed();
    size = unsigned();
    if (printKind == Kind.PRINT) {
      price = printPrice;
    }
    prints++;
  }

  private void quote(int header) throws IOException {
    kind = Kind.QUOTE;
    millis += (int) unsigned();
    if ((header & RecordingFormat.BID_PRICE) != 0) {
      bid += signed();
    }
    if ((header & RecordingFormat.BID_SIZE) != 0) {
      bidSize = unsigned();
    }
    if ((header & RecordingFormat.ASK_PRICE) != 0) {
      ask += signed();
    }
    if ((header & RecordingFormat.ASK_SIZE) != 0) {
      askSize = unsigned();
    }
    if ((header & RecordingFormat.BID_VENUE) != 0) {
      bidVenue = (char) read();
    }
    if ((header & RecordingFormat.ASK_VENUE) != 0) {
      askVenue = (char) read();
    }
    quotes++;
  }

  private void end() throws IOException {
    ended = true;
    if (unsigned() != prints || unsigned() != quotes) {
      throw new IOException("damaged recording of " + ticker + " " + date);
    }
  }

  public Kind kind() {
    return kind;
  }

  public int millisOfDay() {
    return millis;
  }

  /** Price of the print the cursor stands on. */
  public long printPriceE4() {
    return printPrice * tickE4;
  }

  /** Shares of the print the cursor stands on. */
  public long printSize() {
    return size;
  }

  /** Letter of the print's venue, as in the source (P Arca, Q and T Nasdaq, D off-exchange ...). */
  public char printVenue() {
    return venue;
  }

  /** Best bid after the event; 0 = none. */
  public long bidE4() {
    return bid * tickE4;
  }

  public long bidSize() {
    return bidSize;
  }

  public char bidVenue() {
    return bidVenue;
  }

  /** Best offer after the event; 0 = none. */
  public long askE4() {
    return ask * tickE4;
  }

  public long askSize() {
    return askSize;
  }

  public char askVenue() {
    return askVenue;
  }

  private long signed() throws IOException {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  private long unsigned() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = read();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new IOException("damaged number in the recording");
  }

  private int read() throws IOException {
    if (position == limit) {
      limit = in.read(buffer);
      position = 0;
      if (limit <= 0) {
        throw new EOFException("recording cut short");
      }
    }
    return buffer[position++] & 0xFF;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
