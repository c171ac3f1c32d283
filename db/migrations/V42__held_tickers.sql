-- A ticker that is no longer wanted is streamed on while something is held or at work in it: without quotes it cannot be
-- exited. The streaming service sees no orders and no positions; it is told the tickers and nothing else.
CREATE FUNCTION tickers_in_use() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
SELECT p.ticker FROM public.positions p WHERE p.quantity <> 0
UNION
SELECT o.ticker FROM public.trades o WHERE o.status NOT IN ('filled', 'canceled', 'rejected', 'expired')
$$;
COMMENT ON FUNCTION tickers_in_use() IS 'The tickers with a position or an open order in them.';
REVOKE EXECUTE ON FUNCTION tickers_in_use() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tickers_in_use() TO kite_streamer;
