package io.alphakite.streaming.watch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a simulator whether its market stands, since a replay that is paused or over is as silent as
 * a mute feed. The real broker has no such address and is never asked.
 *
 * <p>The answer is kept until it is asked again; without one nothing is known, and silence is a
 * fault.
 */
public final class ReplayProbe implements Supplier<ReplayPlace> {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int ANSWER_BYTES_MAX = 64 << 10;
  private static final Pattern STANDING =
      Pattern.compile("\"(?:paused|stopped|waiting_for_subscriber)\"\\s*:\\s*true");
  private static final Pattern TIME = Pattern.compile("\"market_time\"\\s*:\\s*\"([^\"]+)\"");

  private final URI control;
  private final BooleanSupplier simulator;
  private volatile ReplayPlace place = ReplayPlace.NONE;

  /**
   * Not asked yet.
   *
   * @param simulator whether the broker's answers say that it is one
   */
  public ReplayProbe(URI baseUrl, BooleanSupplier simulator) {
    this.control = URI.create(baseUrl.toString().replaceAll("/+$", "") + "/control/replay");
    this.simulator = simulator;
  }

  @Override
  public ReplayPlace get() {
    return place;
  }

  /** Asks, for at most two seconds. */
  public void ask() {
    place = simulator.getAsBoolean() ? read() : ReplayPlace.NONE;
  }

  /** Data flows: the last answer does not matter any more. */
  public void forget() {
    place = ReplayPlace.NONE;
  }

  private ReplayPlace read() {
    try {
      HttpURLConnection connection = (HttpURLConnection) control.toURL().openConnection();
      connection.setConnectTimeout((int) PATIENCE.toMillis());
      connection.setReadTimeout((int) PATIENCE.toMillis());
      connection.setInstanceFollowRedirects(false);
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        return ReplayPlace.NONE;
      }
      try (InputStream body = connection.getInputStream()) {
        return parse(new String(body.readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8));
      }
    } catch (IOException | DateTimeException e) {
      return ReplayPlace.NONE;
    }
  }

  static ReplayPlace parse(String answer) {
    Matcher time = TIME.matcher(answer);
    return new ReplayPlace(
        STANDING.matcher(answer).find(), time.find() ? Instant.parse(time.group(1)) : null);
  }
}
