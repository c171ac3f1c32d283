package io.alphakite.gateway.trade;

import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to change of a working order; null leaves each as it is.
 *
 * @param quantity of the whole trade, what is filled already included
 */
record ChangeRequest(
    @Nullable Price limitPrice, @Nullable Price stopPrice, @Nullable Long quantity) {

  /** The fields a request may have. */
  static final Set<String> FIELDS = Set.of("limit_price", "stop_price", "quantity");

  /**
   * Reads a request.
   *
   * @throws ApiException 400 for what has the wrong form, 422 for what makes no sense
   */
  static ChangeRequest of(JsonBody body) {
    ChangeRequest change =
        new ChangeRequest(
            TradeRequest.price(body, "limit_price"),
            TradeRequest.price(body, "stop_price"),
            body.field("quantity") == null
                ? null
                : TradeRequest.quantity(body.decimal("quantity")));
    if (change.limitPrice() == null && change.stopPrice() == null && change.quantity() == null) {
      throw ApiException.unprocessable(
          "nothing_to_change",
          "Nothing is to change.",
          "Send limit_price, stop_price or quantity.");
    }
    return change;
  }

  /**
   * Checks it against the order that it is to change.
   *
   * @throws ApiException 422
   */
  void requireFitting(OrderType type, long filled) {
    if (limitPrice != null && !type.hasLimit()) {
      throw TradeRequest.unexpected("limit_price", type);
    }
    if (stopPrice != null && !type.hasStop()) {
      throw TradeRequest.unexpected("stop_price", type);
    }
    if (quantity != null && quantity <= filled) {
      throw ApiException.unprocessable(
          "invalid_quantity",
          filled + " are filled already: quantity is not more than that.",
          "quantity is of the whole trade; cancel what is left instead.");
    }
  }

  /** The same for every way to write the same change of a trade. */
  String canonical(String trade) {
    return "change|" + trade + "|" + limitPrice + "|" + stopPrice + "|" + quantity;
  }
}
