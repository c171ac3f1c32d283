package io.alphakite.schwab.trader;

/** How much of an account is asked for. */
public enum AccountFields {
  BALANCES,
  BALANCES_AND_POSITIONS
}
