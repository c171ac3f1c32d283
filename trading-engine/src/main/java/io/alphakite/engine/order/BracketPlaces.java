package io.alphakite.engine.order;

import io.alphakite.engine.broker.OrderReport;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which exit an order is, by where it stands below its entry. */
final class BracketPlaces {

  private BracketPlaces() {}

  /**
   * What the child is for: where one exit was asked for the only one; of two the stop or the limit,
   * since a broker may show them in either order. Null when it cannot be told.
   *
   * @param all that hang on the entry, the child too
   * @param asked what was asked for
   */
  static @Nullable ExitRole role(
      OrderReport child, List<OrderReport> all, Collection<ExitRole> asked) {
    if (asked.size() == 1) {
      ExitRole only = asked.iterator().next();
      return all.getFirst().id().equals(child.id()) ? only : null;
    }
    ExitRole own = kind(child);
    if (own != null) {
      return own;
    }
    // Somebody made something else of it: then it is what the other is not.
    Iterator<ExitRole> others =
        all.stream()
            .filter(each -> !each.id().equals(child.id()))
            .map(BracketPlaces::kind)
            .filter(Objects::nonNull)
            .iterator();
    return all.size() == 2 && others.hasNext() ? beside(others.next()) : null;
  }

  private static ExitRole beside(ExitRole role) {
    return role == ExitRole.STOP_LOSS ? ExitRole.TAKE_PROFIT : ExitRole.STOP_LOSS;
  }

  private static @Nullable ExitRole kind(OrderReport child) {
    OrderTerms terms = child.terms();
    if (terms == null) {
      return null;
    }
    return switch (terms.type()) {
      case STOP, STOP_LIMIT -> ExitRole.STOP_LOSS;
      case LIMIT -> ExitRole.TAKE_PROFIT;
      case MARKET -> null;
    };
  }

  /** What the exit says by now, or what was asked for where that cannot be told. */
  static OrderTerms terms(OrderReport child, OrderTerms asked) {
    OrderTerms shown = child.terms();
    return shown != null && shown.symbol().equals(asked.symbol()) && shown.side() == asked.side()
        ? shown
        : asked;
  }
}
