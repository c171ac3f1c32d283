package io.alphakite.engine.control;

import org.jspecify.annotations.Nullable;

/**
 * Whether the engine is armed after a start.
 *
 * <p>With the same build and settings as before it goes on as it was. Otherwise it starts disarmed,
 * except against a simulator, where it stays armed if it was, and arms itself if {@code
 * TRADING_ARMED} asks for that.
 */
public final class Arming {

  private Arming() {}

  /**
   * Decides.
   *
   * @param previousHash of build and settings at the last start with this account; null at the
   *     first
   * @param hash of build and settings now
   * @param wasArmed as it was when the engine stopped
   * @param simulated whether no real money can move at this broker
   * @param wanted what {@code TRADING_ARMED} says
   */
  public static boolean afterStart(
      @Nullable String previousHash,
      String hash,
      boolean wasArmed,
      boolean simulated,
      boolean wanted) {
    if (hash.equals(previousHash)) {
      return wasArmed;
    }
    return simulated && (wanted || (previousHash != null && wasArmed));
  }
}
