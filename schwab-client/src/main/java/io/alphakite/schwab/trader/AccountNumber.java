package io.alphakite.schwab.trader;

/**
 * An account and the name that Schwab's paths know it by.
 *
 * @param number the plain account number; kept out of {@link #toString} and of logs
 */
public record AccountNumber(String number, AccountHash hash) {

  /** The number's last four characters, as a person recognises it. */
  public String lastFour() {
    return number.substring(Math.max(0, number.length() - 4));
  }

  @Override
  public String toString() {
    return "AccountNumber[..." + lastFour().substring(Math.max(0, lastFour().length() - 2)) + "]";
  }
}
