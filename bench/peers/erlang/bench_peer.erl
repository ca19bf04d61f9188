%% The same work in Erlang: 10,000 gen_servers on one node, called from another over its distribution with TLS 1.3 and certificates on both sides.
%%   bench_peer server           prints `ready PORT`
%%   bench_peer client IN_FLIGHT CALLS WAY   prints one line of JSON; WAY is `call` (gen_server:call) or `send` (a message and its answer, unwatched)
%% The caller knows each server's pid, so nothing is looked up by name, in Erlang's favour.
-module(bench_peer).
-behaviour(gen_server).
-export([server/1, client/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(ENTITIES, 10000).
-define(PAYLOAD, 100).
-define(STRIDE, 7919).
-define(SAMPLE, 16).  % one call in so many is timed

server([Port]) ->
    Pids = list_to_tuple([element(2, gen_server:start_link(?MODULE, [], [])) || _ <- lists:seq(1, ?ENTITIES)]),
    register(entities, self()),
    io:format("ready ~s~n", [Port]),
    serve(Pids).

serve(Pids) ->
    receive {From, pids} -> From ! {pids, Pids} end,
    serve(Pids).

init([]) -> {ok, 0}.
handle_call({add, Payload}, _From, Total) -> {reply, Total + byte_size(Payload), Total + byte_size(Payload)}.
handle_cast(_, Total) -> {noreply, Total}.
handle_info({add, From, Ref, Payload}, Total) ->
    From ! {Ref, Total + byte_size(Payload)},
    {noreply, Total + byte_size(Payload)};
handle_info(_, Total) -> {noreply, Total}.

client([Server, InFlight, Calls, Way]) ->
    {entities, list_to_atom(Server)} ! {self(), pids},
    Pids = receive {pids, Found} -> Found after 10000 -> halt("the server does not answer") end,
    {Workers, All} = {list_to_integer(InFlight), list_to_integer(Calls)},
    _ = round_of(Pids, Workers, max(Workers, All div 10), list_to_atom(Way)),
    Started = erlang:monotonic_time(nanosecond),
    Samples = round_of(Pids, Workers, All, list_to_atom(Way)),
    Seconds = (erlang:monotonic_time(nanosecond) - Started) / 1.0e9,
    Sorted = list_to_tuple(lists:sort(Samples)),
    At = fun(Share) -> element(1 + trunc((tuple_size(Sorted) - 1) * Share), Sorted) / 1000 end,
    io:format("{\"calls\": ~b, \"seconds\": ~.6f, \"p50_us\": ~.2f, \"p99_us\": ~.2f, \"otp\": \"~s\", \"ssl\": \"~s\"}~n",
              [All div Workers * Workers, Seconds, At(0.5), At(0.99), erlang:system_info(otp_release), ssl_version()]),
    halt(0).

ssl_version() ->
    _ = application:load(ssl),
    {ok, Version} = application:get_key(ssl, vsn),
    Version.

round_of(Pids, Workers, Calls, Way) ->
    Me = self(),
    [spawn_link(fun() -> Me ! {done, work(Pids, Worker, Calls div Workers, Way, [])} end) || Worker <- lists:seq(1, Workers)],
    lists:append([receive {done, Samples} -> Samples end || _ <- lists:seq(1, Workers)]).

work(_, _, 0, _, Samples) -> Samples;
work(Pids, Number, Left, Way, Samples) when Left rem ?SAMPLE =:= 0 ->
    Started = erlang:monotonic_time(nanosecond),
    ask(Pids, Number, Way),
    work(Pids, Number + ?STRIDE, Left - 1, Way, [erlang:monotonic_time(nanosecond) - Started | Samples]);
work(Pids, Number, Left, Way, Samples) ->
    ask(Pids, Number, Way),
    work(Pids, Number + ?STRIDE, Left - 1, Way, Samples).

ask(Pids, Number, Way) ->
    Pid = element(Number rem ?ENTITIES + 1, Pids),
    Payload = <<7:(8 * ?PAYLOAD)>>,
    case Way of
        call ->
            true = is_integer(gen_server:call(Pid, {add, Payload}, infinity));
        send ->
            Ref = make_ref(),
            Pid ! {add, self(), Ref, Payload},
            receive {Ref, Total} -> true = is_integer(Total) end
    end.
