package io.alphakite.simulator.recording;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writes one ticker's recorded day, event by event, in time order. Not thread-safe. */
final class RecordingWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
  private final long tickE4;

  private int millis;
  private long price;
  private long bid;
  private long bidSize;
  private char bidVenue = 'A';
  private long ask;
  private long askSize;
  private char askVenue = 'A';
  private long prints;
  private long quotes;

  /**
   * @param previousCloseE4 close of the session before, 0 when unknown
   * @param tickE4 every price of the day is a multiple of this
   */
  RecordingWriter(String ticker, LocalDate date, long previousCloseE4, long tickE4) {
    this.tickE4 = tickE4;
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(RecordingFormat.MAGIC >> shift);
    }
    out.write(ticker.length());
    ticker.chars().forEach(out::write);
    unsigned(date.toEpochDay());
    unsigned(tickE4);
    unsigned(ticks(previousCloseE4));
  }

  void print(int millisOfDay, long priceE4, long size, char venue, boolean movesPrice) {
    int kind = movesPrice ? RecordingFormat.PRINT : RecordingFormat.VOLUME_ONLY_PRINT;
    out.write(kind | (venue - 'A') << 2);
    at(millisOfDay);
    signed(ticks(priceE4) - price);
    unsigned(size);
    if (movesPrice) {
      price = ticks(priceE4);
    }
    prints++;
  }

  /** Ignored when nothing differs from the quote before. */
  void quote(
      int millisOfDay,
      long bidE4,
      long newBidSize,
      char newBidVenue,
      long askE4,
      long newAskSize,
      char newAskVenue) {
    long newBid = ticks(bidE4);
    long newAsk = ticks(askE4);
    int changes =
        (newBid != bid ? RecordingFormat.BID_PRICE : 0)
            | (newBidSize != bidSize ? RecordingFormat.BID_SIZE : 0)
            | (newAsk != ask ? RecordingFormat.ASK_PRICE : 0)
            | (newAskSize != askSize ? RecordingFormat.ASK_SIZE : 0)
            | (newBidVenue != bidVenue ? RecordingFormat.BID_VENUE : 0)
            | (newAskVenue != askVenue ? RecordingFormat.ASK_VENUE : 0);
    if (changes == 0) {
      return;
    }
    out.write(RecordingFormat.QUOTE | changes);
    at(millisOfDay);
    if (newBid != bid) {
      signed(newBid - bid);
    }
    if (newBidSize != bidSize) {
      unsigned(newBidSize);
    }
    if (newAsk != ask) {
      signed(newAsk - ask);
    }
    if (newAskSize != askSize) {
      unsigned(newAskSize);
    }
    if (newBidVenue != bidVenue) {
      out.write(newBidVenue);
    }
    if (newAskVenue != askVenue) {
      out.write(newAskVenue);
    }
    bid = newBid;
    bidSize = newBidSize;
    bidVenue = newBidVenue;
    ask = newAsk;
    askSize = newAskSize;
    askVenue = newAskVenue;
    quotes++;
  }

  /** Ends the recording. */
  byte[] finish() {
    out.write(RecordingFormat.END);
    unsigned(prints);
    unsigned(quotes);
    return out.toByteArray();
  }

  static void compress(byte[] recording, OutputStream to) throws IOException {
    try (GZIPOutputStream gzip = new BestGzip(to)) {
      gzip.write(recording);
    }
  }

  private void at(int millisOfDay) {
    if (millisOfDay < millis) {
      throw new IllegalArgumentException("events out of order at " + millisOfDay);
    }
    unsigned(millisOfDay - millis);
    millis = millisOfDay;
  }

  private long ticks(long e4) {
    if (e4 % tickE4 != 0) {
      throw new IllegalArgumentException(e4 + " is no multiple of the tick " + tickE4);
    }
    return e4 / tickE4;
  }

  private void signed(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  private void unsigned(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static final class BestGzip extends GZIPOutputStream {
    BestGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
