type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>;

/**
 * Gives a request without a Host header, which HTTP/1.0 allows and health checks of proxies send, the service's own
 * (RFC 9112 §3.3). Without one its URL is a bare path.
 *
 * @param baseUrl without a slash at its end.
 */
export function ownHost<Env extends { addressOf(request: Request): string }>(
  baseUrl: string,
  answer: Fetch<Env>,
): Fetch<Env> {
  return (request, env) => {
    if (!request.url.startsWith("/") || request.headers.has("host")) return answer(request, env);
    // The address is known of the request that came, not of this copy.
    const addressOf = () => env.addressOf(request);
    return answer(new Request(`${baseUrl}${request.url}`, request), { ...env, addressOf });
  };
}
