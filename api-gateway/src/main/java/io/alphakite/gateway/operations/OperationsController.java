package io.alphakite.gateway.operations;

import io.alphakite.gateway.operations.OperationViews.StreamingHealth;
import io.alphakite.gateway.operations.OperationViews.SystemStatus;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.QueryValues;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Health of the data and of the whole over HTTP. */
@RestController
class OperationsController {
  private final Operations operations;

  OperationsController(Operations operations) {
    this.operations = operations;
  }

  @GetMapping("/v1/streaming/health")
  Items<StreamingHealth> streaming(@RequestParam(required = false) @Nullable String ticker) {
    return new Items<>(
        operations.streaming(ticker == null ? null : QueryValues.ticker(ticker).symbol()));
  }

  @GetMapping("/v1/system/status")
  SystemStatus status() {
    return operations.status();
  }
}
