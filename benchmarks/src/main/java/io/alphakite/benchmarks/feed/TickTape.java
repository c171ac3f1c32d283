package io.alphakite.benchmarks.feed;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Level-one frames as Schwab sends them in a busy session: each ticker trades once in every second,
 * so that every tick makes its own row. Made from a seed, so that all get the same.
 */
final class TickTape {
  /** The first second: the open of a regular session. */
  static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");

  /** Seconds of a regular session, with room at its end. */
  static final int SECONDS_MAX = 23_000;

  private static final int ITEMS_IN_A_FRAME = 50;
  private static final int CENT_E4 = 100;

  private final Random random;
  private final List<Ticker> tickers = new ArrayList<>();
  private final long[] priceE4;
  private final long[] volume;
  private int second;

  /** One tick, as a pipeline should understand it. */
  record Tick(Ticker ticker, Price price, long totalVolume, Instant tradeTime) {}

  /** A stretch of the tape: the frames to send and what is in them. */
  record Stretch(List<byte[]> frames, List<Tick> ticks) {}

  TickTape(int tickerCount, long seed) {
    this.random = new Random(seed);
    this.priceE4 = new long[tickerCount];
    this.volume = new long[tickerCount];
    for (int i = 0; i < tickerCount; i++) {
      tickers.add(new Ticker(String.format(Locale.ROOT, "T%04d", i)));
      priceE4[i] = (2_000 + random.nextInt(40_000)) * (long) CENT_E4;
      volume[i] = 10_000L + random.nextInt(1_000_000);
    }
  }

  List<Ticker> tickers() {
    return List.copyOf(tickers);
  }

  /** The first images, traded five seconds before the open. */
  synchronized byte[] images(List<String> symbols) {
    long before = OPEN.minusSeconds(5).toEpochMilli();
    StringBuilder content = new StringBuilder();
    for (String symbol : symbols) {
      int i = Integer.parseInt(symbol.substring(1));
      content.append(content.isEmpty() ? "" : ",");
      content.append("{\"key\":\"").append(symbol).append("\",\"delayed\":false,");
      content
          .append("\"assetMainType\":\"EQUITY\",\"12\":")
          .append(dollars(priceE4[i]))
          .append(',');
      values(content, i, before);
    }
    return frame(before, content);
  }

  /** The next seconds, as many as hold this many ticks. */
  synchronized Stretch next(int ticks) {
    List<byte[]> frames = new ArrayList<>();
    List<Tick> told = new ArrayList<>();
    while (told.size() < ticks) {
      if (second >= SECONDS_MAX) {
        throw new IllegalStateException("the session is over");
      }
      long start = OPEN.plusSeconds(second++).toEpochMilli();
      int inFrame = 0;
      StringBuilder content = new StringBuilder();
      for (int i = 0; i < priceE4.length; i++) {
        long step = (random.nextInt(3) - 1) * (long) CENT_E4;
        priceE4[i] = Math.max(CENT_E4, priceE4[i] + step);
        volume[i] += 100L * (1 + random.nextInt(20));
        long millis = start + random.nextInt(1_000);
        told.add(
            new Tick(
                tickers.get(i), new Price(priceE4[i]), volume[i], Instant.ofEpochMilli(millis)));
        content.append(content.isEmpty() ? "" : ",");
        content.append("{\"key\":\"").append(tickers.get(i).symbol()).append("\",");
        values(content, i, millis);
        if (++inFrame == ITEMS_IN_A_FRAME || i == priceE4.length - 1) {
          frames.add(frame(millis, content));
          content.setLength(0);
          inFrame = 0;
        }
      }
    }
    return new Stretch(frames, told);
  }

  private void values(StringBuilder content, int i, long millis) {
    content.append("\"1\":").append(dollars(priceE4[i] - CENT_E4));
    content.append(",\"2\":").append(dollars(priceE4[i] + CENT_E4));
    content.append(",\"3\":").append(dollars(priceE4[i]));
    content.append(",\"4\":3,\"5\":7,\"8\":").append(volume[i]);
    content.append(",\"9\":100,\"34\":").append(millis);
    content.append(",\"35\":").append(millis).append('}');
  }

  private static String dollars(long e4) {
    return new Price(e4).toString();
  }

  private static byte[] frame(long millis, StringBuilder content) {
    return ("{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":"
            + millis
            + ",\"command\":\"SUBS\",\"content\":["
            + content
            + "]}]}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
