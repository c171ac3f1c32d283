package io.alphakite.gateway.unresolved;

import io.alphakite.gateway.access.Caller;
import io.alphakite.gateway.access.CallerNames;
import io.alphakite.gateway.access.Principal;
import io.alphakite.gateway.unresolved.UnresolvedViews.ResolutionView;
import io.alphakite.gateway.unresolved.UnresolvedViews.UnresolvedView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.FirstAnswers;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.gateway.web.KeptByKey;
import io.alphakite.platform.web.RequestIdFilter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Orders of unknown fate over HTTP. */
@RestController
class UnresolvedController {
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Set<String> FIELDS =
      Set.of("outcome", "broker_order_id", "override", "evidence", "as");

  private final UnresolvedOrders orders;
  private final ResolutionDesk desk;
  private final FirstAnswers answers;
  private final CallerNames names;

  UnresolvedController(
      UnresolvedOrders orders, ResolutionDesk desk, FirstAnswers answers, CallerNames names) {
    this.orders = orders;
    this.desk = desk;
    this.answers = answers;
    this.names = names;
  }

  @GetMapping("/v1/unresolved")
  Items<UnresolvedView> list() {
    return new Items<>(orders.list());
  }

  @PostMapping("/v1/unresolved/{id}/resolve")
  @KeptByKey
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = ResolveDocument.class)))
  ResponseEntity<ResolutionView> resolve(@PathVariable String id, HttpServletRequest request) {
    UUID order = parse(id);
    String key = FirstAnswers.key(request);
    JsonBody body = JsonBody.required(request, FIELDS);
    ResolutionDesk.Word word =
        ResolutionDesk.Word.of(
            body.text("outcome"),
            body.text("broker_order_id"),
            Boolean.TRUE.equals(body.flag("override")),
            body.text("evidence"));
    Principal principal = Caller.required(request);
    String name = ResolutionDesk.name(body.text("as"));
    String person = name == null ? names.of(principal) : name + " (" + names.of(principal) + ")";
    ResolutionView asked =
        answers.once(
            principal.id(),
            key,
            "resolve\n" + order + "\n" + name + "\n" + word.canonical(),
            ResolutionView.class,
            () -> {
              ResolutionView made = desk.ask(order, word, person, RequestIdFilter.current());
              return new FirstAnswers.Done<>(made.tradeId(), made);
            });
    return ResponseEntity.accepted()
        .location(URI.create("/v1/resolutions/" + asked.id()))
        .body(asked);
  }

  @GetMapping("/v1/resolutions/{id}")
  ResolutionView resolution(@PathVariable String id) {
    return orders
        .resolution(parse(id))
        .orElseThrow(
            () -> ApiException.notFound("resolution_not_found", "Nobody said such a thing.", null));
  }

  private static UUID parse(String id) {
    if (!ID.matcher(id).matches()) {
      throw ApiException.notFound("order_not_found", "There is no such order.", null);
    }
    return UUID.fromString(id);
  }

  @Schema(name = "Resolve")
  @SuppressWarnings("UnusedVariable") // read by the documentation alone
  private record ResolveDocument(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"placed", "not_placed"})
          String outcome,
      @Schema(description = "Which order it is, for placed.") @Nullable String brokerOrderId,
      @Schema(
              description = "Also where absence is not shown; kept with the order.",
              defaultValue = "false")
          @Nullable Boolean override,
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description = "What was looked at and seen, 1 to 1000 characters.")
          String evidence,
      @Schema(description = "Who says it, beside the key's name.") @Nullable String as) {}
}
