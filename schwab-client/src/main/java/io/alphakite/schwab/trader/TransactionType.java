package io.alphakite.schwab.trader;

/** Schwab's kinds of transactions. A text that is not listed is read as {@link #UNKNOWN}. */
public enum TransactionType {
  TRADE,
  RECEIVE_AND_DELIVER,
  DIVIDEND_OR_INTEREST,
  ACH_RECEIPT,
  ACH_DISBURSEMENT,
  CASH_RECEIPT,
  CASH_DISBURSEMENT,
  ELECTRONIC_FUND,
  WIRE_OUT,
  WIRE_IN,
  JOURNAL,
  MEMORANDUM,
  MARGIN_CALL,
  MONEY_MARKET,
  SMA_ADJUSTMENT,
  UNKNOWN;

  static TransactionType read(String text) {
    for (TransactionType type : values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    return UNKNOWN;
  }
}
