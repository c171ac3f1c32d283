package io.alphakite.gateway.documentation;

import io.alphakite.gateway.access.AccessPolicy;
import io.alphakite.gateway.web.Problem;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.market.BarInterval;
import io.alphakite.model.order.TradeStatus;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.stereotype.Component;

/** Adds what the code alone does not tell: words, statuses, errors, who may call. */
@Component
class ApiDocument implements GlobalOpenApiCustomizer {
  private static final String BEARER = "key";
  private static final String COOKIE = "browser";
  private static final String PROBLEM = "application/problem+json";
  private static final String INTRODUCTION =
      """
      Market data, orders and positions of one Alpha Kite installation.

      Prices of the market are JSON numbers with their exact decimals; money and quantities of orders, fills, \
      positions, P&L and cash are decimal strings. Requests may give either. Times are RFC 3339, `from` is \
      inclusive and `to` exclusive. Errors are `application/problem+json` with a stable `code`.

      The WebSocket at `/v1/stream` pushes the same data as it changes; `docs/api.md` and `docs/asyncapi.yaml` \
      describe it.
      """;

  private static final Map<String, Call> CALLS = calls();

  @Override
  public void customise(OpenAPI document) {
    document.info(
        new Info()
            .title("Alpha Kite")
            .version("1")
            .description(INTRODUCTION)
            .license(new License().name("Apache-2.0").identifier("Apache-2.0")));
    document.servers(new ArrayList<>(List.of(new Server().url("/"))));
    Components components =
        Objects.requireNonNullElseGet(document.getComponents(), Components::new);
    document.components(components);
    components.addSecuritySchemes(
        BEARER,
        new SecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description("An API key with the scope named at each call."));
    components.addSecuritySchemes(
        COOKIE,
        new SecurityScheme()
            .type(SecurityScheme.Type.APIKEY)
            .in(SecurityScheme.In.COOKIE)
            .name("kite_session")
            .description("A signed-in browser; has every scope."));
    ResolvedSchema problem =
        ModelConverters.getInstance(true)
            .resolveAsResolvedSchema(new AnnotatedType(Problem.class).resolveAsRef(true));
    problem.referencedSchemas.forEach(components::addSchemas);
    document
        .getPaths()
        .entrySet()
        .removeIf(path -> !path.getKey().startsWith("/v1/") && !path.getKey().equals("/signin"));
    document
        .getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap().forEach((method, call) -> describe(path, method, call)));
    components.getSchemas().values().forEach(ApiDocument::clean);
  }

  private static void describe(String path, PathItem.HttpMethod method, Operation operation) {
    String route = method + " " + path;
    Call call = CALLS.get(route);
    if (call == null) {
      throw new IllegalStateException("undocumented: " + route);
    }
    operation
        .tags(new ArrayList<>(List.of(call.tag())))
        .summary(call.summary())
        .operationId(call.id());
    ApiResponse answered = operation.getResponses().values().iterator().next();
    answered.description(call.summary());
    if (call.status() == 204 || call.status() == 303) {
      answered.content(null);
    } else if (call.id().equals("openapi")) {
      Schema<?> any = new JsonSchema().types(types("object"));
      answered.content(new Content().addMediaType("application/json", new MediaType().schema(any)));
    } else if (answered.getContent() != null) {
      MediaType body = answered.getContent().values().iterator().next();
      answered.content(new Content().addMediaType("application/json", body));
    }
    answered.addHeaderObject("X-Request-Id", header("The request's id, as in the logs."));
    if (call.status() == 201
        || route.equals("POST /v1/trades")
        || route.endsWith("/resolve")
        || call.status() == 303) {
      answered.addHeaderObject("Location", header("Where it is."));
    }
    ApiResponses responses = new ApiResponses();
    responses.addApiResponse(Integer.toString(call.status()), answered);
    AccessPolicy.Requirement requirement = AccessPolicy.requirement(method.toString(), path);
    if (requirement != null && !requirement.scope().isEmpty()) {
      operation
          .addSecurityItem(new SecurityRequirement().addList(BEARER))
          .addSecurityItem(new SecurityRequirement().addList(COOKIE));
      if (requirement.publicRead()) {
        operation.addSecurityItem(new SecurityRequirement());
      }
      operation.description(
          "Needs the scope `"
              + requirement.scope()
              + "`"
              + (requirement.publicRead() ? ", unless market data is public." : "."));
      responses.addApiResponse("401", problem("No key, or one that is not valid."));
      responses.addApiResponse("403", problem("The key has not the scope."));
    }
    for (int status : call.errors()) {
      responses.addApiResponse(Integer.toString(status), problem(reason(status)));
    }
    responses.addApiResponse("default", problem("Anything else that goes wrong."));
    operation.responses(responses);
    if (operation.getParameters() != null) {
      operation.getParameters().forEach(parameter -> describe(route, parameter));
    }
  }

  private static void describe(String route, Parameter parameter) {
    boolean dates = route.equals("GET /v1/pnl/daily");
    switch (parameter.getName()) {
      case "ticker" ->
          parameter
              .description("In capitals: SPY, BRK.B, $SPX.")
              .schema(string().pattern("^\\$?[A-Z][A-Z0-9]{0,9}([./-][A-Z0-9]{1,4})?$"))
              .example("SPY");
      case "from" ->
          parameter
              .description(dates ? "The first date, or a time on it." : "Inclusive.")
              .schema(dates ? string() : string().format("date-time"));
      case "to" ->
          parameter
              .description(dates ? "The first date no longer wanted, or a time." : "Exclusive.")
              .schema(dates ? string() : string().format("date-time"));
      case "limit" ->
          parameter
              .description("How many items at most.")
              .schema(
                  new JsonSchema()
                      .types(types("integer"))
                      .minimum(BigDecimal.ONE)
                      .maximum(
                          BigDecimal.valueOf(
                              route.contains("bars") ? 25_000 : QueryValues.LIMIT_MAX)));
      case "cursor" -> parameter.description("next_cursor of the page before.").schema(string());
      case "interval" ->
          parameter
              .description("The length of a bar; 1m unless given.")
              .schema(
                  enumerated(Arrays.stream(BarInterval.values()).map(BarInterval::label).toList()));
      case "status" -> {
        Schema<Object> list = new JsonSchema();
        list.setTypes(types("array"));
        list.setItems(
            enumerated(Arrays.stream(TradeStatus.values()).map(TradeStatus::wire).toList()));
        parameter.description("One or more, separated by commas.").schema(list);
      }
      case "state" -> {
        if (route.equals("GET /v1/gaps")) {
          parameter
              .description("Only gaps in this state.")
              .schema(enumerated(List.of("open", "repaired", "unavailable")));
        } else {
          parameter
              .description("open: those whose cause lasts; all: the newest.")
              .schema(enumerated(List.of("open", "all")));
        }
      }
      case "expiration" -> parameter.description("A date.").schema(string().format("date"));
      case "id" -> parameter.schema(string().format("uuid"));
      case "force" ->
          parameter
              .description("Also with a position or an open order in it.")
              .schema(new JsonSchema().types(types("boolean")));
      case "download" -> parameter.description("Anything: as a file to keep.").schema(string());
      case "token" -> parameter.description("From the link.").schema(string());
      case "Idempotency-Key" ->
          parameter.description(
              "The same key and body give the first answer again; another body 422.");
      default ->
          throw new IllegalStateException("undocumented: " + route + " " + parameter.getName());
    }
  }

  /** The mark of a schema that was described is for the converter alone. */
  private static void clean(Schema<?> schema) {
    schema.setExtensions(null);
  }

  // The models are changed by whoever comes after.
  private static Set<String> types(String type) {
    return new LinkedHashSet<>(Set.of(type));
  }

  private static Schema<?> string() {
    return new JsonSchema().types(types("string"));
  }

  private static Schema<?> enumerated(List<String> values) {
    Schema<Object> schema = new JsonSchema();
    schema.types(types("string"));
    values.forEach(schema::addEnumItemObject);
    return schema;
  }

  private static Header header(String description) {
    return new Header().description(description).schema(string());
  }

  private static ApiResponse problem(String description) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    PROBLEM,
                    new MediaType().schema(new Schema<>().$ref("#/components/schemas/Problem"))));
  }

  private static String reason(int status) {
    return switch (status) {
      case 400 -> "Malformed.";
      case 404 -> "There is none.";
      case 409 -> "Against the present state.";
      case 413 -> "The body is larger than 64 KiB.";
      case 415 -> "The body is not JSON.";
      case 422 -> "Well formed, but makes no sense.";
      default -> throw new IllegalArgumentException("" + status);
    };
  }

  private static Map<String, Call> calls() {
    Map<String, Call> calls = new LinkedHashMap<>();
    String market = "Market data";
    String trading = "Trading";
    String account = "Account";
    String system = "System";
    String access = "Access";
    int[] read = {400};
    int[] written = {400, 413, 415, 422};
    calls.put(
        "GET /v1/equities/{ticker}/prices",
        new Call(market, "prices", "Seconds with trading", 200, read));
    calls.put(
        "GET /v1/equities/{ticker}/bars",
        new Call(market, "bars", "Bars of an interval", 200, read));
    calls.put(
        "GET /v1/equities/{ticker}/quote",
        new Call(market, "quote", "The newest of a ticker", 200, 400, 404));
    calls.put(
        "GET /v1/options/{ticker}/chain",
        new Call(market, "chain", "The latest of each option contract", 200, read));
    calls.put(
        "GET /v1/signals", new Call(market, "signals", "Crossovers of SMA9 and VWAP", 200, read));
    calls.put(
        "GET /v1/gaps",
        new Call(
            market,
            "gaps",
            "Intervals in which the stream was not proven complete, newest first",
            200,
            read));
    calls.put(
        "POST /v1/trades", new Call(trading, "createTrade", "Asks for a trade", 202, written));
    calls.put(
        "PATCH /v1/trades/{id}",
        new Call(
            trading,
            "changeTrade",
            "Asks for another price or quantity of a working order",
            202,
            400,
            404,
            409,
            413,
            415,
            422));
    calls.put(
        "POST /v1/trades/{id}/unprotected/accept",
        new Call(
            trading,
            "acceptUnprotected",
            "Accepts that an entry stays without its exits",
            200,
            400,
            404,
            409,
            413,
            415,
            422));
    calls.put("GET /v1/trades", new Call(trading, "trades", "Trades, newest first", 200, read));
    calls.put("GET /v1/trades/{id}", new Call(trading, "trade", "A trade", 200, 404));
    calls.put(
        "GET /v1/trades/{id}/trace",
        new Call(
            trading,
            "trace",
            "Everything a trade rests on, from the tick to the fills; of its events the first 200"
                + " and the last 200",
            200,
            404));
    calls.put(
        "DELETE /v1/trades/{id}",
        new Call(trading, "cancelTrade", "Asks for a cancel", 202, 404, 409));
    calls.put(
        "GET /v1/trading/controls",
        new Call(trading, "controls", "What may be traded, and how", 200));
    calls.put(
        "PATCH /v1/trading/controls",
        new Call(trading, "changeControls", "Changes the controls", 200, 400, 409, 413, 415, 422));
    calls.put(
        "POST /v1/trading/kill",
        new Call(trading, "kill", "Halts at once and cancels working orders", 202, 400, 413, 415));
    calls.put(
        "GET /v1/unresolved",
        new Call(trading, "unresolved", "Orders that may or may not be at the broker", 200));
    calls.put(
        "POST /v1/unresolved/{id}/resolve",
        new Call(
            trading,
            "resolve",
            "Says what became of one; the engine checks it against the broker",
            202,
            400,
            404,
            409,
            413,
            415,
            422));
    calls.put(
        "GET /v1/resolutions/{id}",
        new Call(trading, "resolution", "What became of what a person said", 200, 404));
    calls.put("GET /v1/positions", new Call(account, "positions", "What is held", 200));
    calls.put(
        "GET /v1/portfolio",
        new Call(account, "portfolio", "Cash and positions at current prices", 200));
    calls.put(
        "GET /v1/pnl/daily",
        new Call(account, "dailyPnl", "Profit and loss by market date", 200, read));
    calls.put(
        "GET /v1/tickers", new Call(system, "tickers", "What is streamed, and how it stands", 200));
    calls.put(
        "GET /v1/tickers/{ticker}",
        new Call(system, "ticker", "How a ticker stands", 200, 400, 404));
    calls.put(
        "PUT /v1/tickers/{ticker}",
        new Call(system, "addTicker", "Streams a ticker from now on", 202, 400, 409));
    calls.put(
        "DELETE /v1/tickers/{ticker}",
        new Call(system, "removeTicker", "Streams a ticker no longer", 202, 400, 404, 409));
    calls.put(
        "GET /v1/streaming/health",
        new Call(system, "streamingHealth", "Whether rows arrive, by ticker", 200, read));
    calls.put(
        "GET /v1/alerts",
        new Call(system, "alerts", "Alarms that hold, or all with state=all", 200, 400));
    calls.put(
        "GET /v1/system/status",
        new Call(system, "systemStatus", "What to ask first when something looks wrong", 200));
    calls.put(
        "GET /v1/replay", new Call(system, "replay", "How the simulator's replay runs", 200, 404));
    calls.put(
        "PATCH /v1/replay",
        new Call(
            system,
            "changeReplay",
            "Changes the replay's speed or pauses it",
            200,
            400,
            404,
            413,
            415,
            422));
    calls.put("GET /v1/keys", new Call(access, "keys", "The API keys, without their secrets", 200));
    calls.put(
        "POST /v1/keys",
        new Call(access, "createKey", "A new API key, shown this once", 201, written));
    calls.put("DELETE /v1/keys/{id}", new Call(access, "revokeKey", "Revokes a key", 204, 404));
    calls.put("GET /v1/openapi.json", new Call(system, "openapi", "This document", 200));
    calls.put("GET /v1/session", new Call(access, "session", "Who the caller is", 200));
    calls.put("DELETE /v1/session", new Call(access, "signOut", "Signs the browser out", 204));
    calls.put(
        "POST /v1/sign-in-links",
        new Call(access, "createSignInLink", "A new one-time sign-in link", 201));
    calls.put(
        "GET /signin", new Call(access, "signIn", "Exchanges a one-time link for a cookie", 303));
    return calls;
  }

  /** What there is to say about a call. */
  private record Call(String tag, String id, String summary, int status, List<Integer> errors) {
    Call(String tag, String id, String summary, int status, int... errors) {
      this(tag, id, summary, status, Arrays.stream(errors).boxed().toList());
    }
  }
}
