package io.alphakite.engine.control;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The one row of {@code trading_controls}: what a person switched, and what the engine says. */
public interface ControlsBoard {

  /**
   * The account as the broker named it.
   *
   * @param hash of build and settings
   * @param limits the risk limits as a JSON object, for people to see
   */
  record TakeOver(
      String broker,
      String accountId,
      String accountSuffix,
      boolean simulated,
      TradingSettings settings,
      String hash,
      String limits) {}

  /**
   * The account taken over.
   *
   * @param epoch of this run; every earlier one is over
   * @param first whether its positions and orders were never taken over
   * @param lastSeen when an engine was last alive, wall time; null when never
   */
  record Taken(long epoch, boolean first, @Nullable Instant lastSeen) {}

  /** Shows the mode before the broker has answered; another mode than before is not armed. */
  void begin(TradingSettings settings);

  /** Takes the account over, and arms or disarms as {@link Arming} says. */
  Taken takeOver(TakeOver account);

  /**
   * Shows that the engine lives.
   *
   * @param provenAt when orders and positions were last shown equal to the broker's; null keeps it
   */
  void alive(Instant now, @Nullable Instant provenAt);

  /** Shows what the account has. */
  void money(@Nullable BigDecimal cash, @Nullable BigDecimal buyingPower);

  /** The switches now. */
  Controls controls();

  /** Whose account is traded; null before any broker answered. */
  @Nullable String accountId();
}
