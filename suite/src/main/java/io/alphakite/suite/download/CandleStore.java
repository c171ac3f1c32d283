package io.alphakite.suite.download;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import java.io.IOException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;

/** Where downloaded candles go. What is stored is never asked for again, and never changed. */
interface CandleStore extends AutoCloseable {

  /** Which of these Eastern dates, oldest first, are still to be asked for. */
  List<LocalDate> missing(Ticker ticker, List<LocalDate> sessions) throws SQLException;

  /**
   * Keeps a page, whole or not at all.
   *
   * @param bars finished ones, oldest first
   * @param finished the dates among them that are over, and so need not be asked for again
   * @return how many candles were new
   */
  int store(Ticker ticker, List<Bar> bars, List<LocalDate> finished)
      throws SQLException, IOException;

  /** Rows of {@code equity_data} that were added, so far. */
  default int rowsAdded() {
    return 0;
  }

  @Override
  void close() throws SQLException, IOException;
}
