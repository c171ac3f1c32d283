import { useDesk } from '../../lib/use-desk';

/** Says how to sign in, while market data alone can be seen. */
export function SignInNotice() {
  const access = useDesk((state) => state.access);
  if (access === 'unknown' || access === 'signed-in') {
    return null;
  }
  return (
    <p className="notice" role="alert">
      {access === 'public' ? (
        <>
          You are not signed in. <b>Open the sign-in link that ./kite up printed</b> to see trades and positions and to place orders. Market
          data shows without it.
        </>
      ) : (
        'This key may not read trades and positions. Market data shows without it.'
      )}
    </p>
  );
}
