-- Asks Signet in its `forward` dialect whether a request may pass. Needs no other library.
--
--   http-request lua.ask_signet http://127.0.0.1:8080/auth/forward/PROFILE
--
-- Only an answer of 200 lets the request pass. 401, 403 and 503 are told to the client; everything else, no answer in
-- time too, is 503, because it means that Signet was not asked what it should be.

-- Milliseconds for one answer. HAProxy asks up to four times; from 2.7 on `httpclient.retries` says how often.
local PATIENCE = 1000

-- What of the client's request Signet is told. By the last two it knows a WebSocket, which needs an Origin where the
-- token is in a cookie. "cookie" is needed by a profile whose token_sources have one.
local TOLD = { "authorization", "origin", "access-control-request-method", "sec-websocket-key", "upgrade" }

-- What the application is told of the token: the profile's `headers`, in lower case.
local COPIED = { "x-auth-subject", "x-auth-issuer", "x-auth-scopes" }

-- All values of a header: HAProxy counts them from 0. Of two Authorization headers Signet has to see both.
local function values_of(headers, name)
    local found = {}
    local values = headers[name]
    local at = 0
    while values and values[at] do
        found[#found + 1] = values[at]
        at = at + 1
    end
    return found
end

local function question_of(txn)
    local headers = txn.http:req_get_headers()
    local question = {
        ["x-forwarded-method"] = { txn.f:method() },
        ["x-forwarded-uri"] = { txn.f:pathq() }, -- the path and query as the client sent them
        ["x-forwarded-host"] = { txn.f:req_fhdr("host") or "" },
        ["x-forwarded-proto"] = { txn.f:ssl_fc() == 1 and "https" or "http" },
    }
    for _, name in ipairs(TOLD) do
        local values = values_of(headers, name)
        if #values > 0 then
            question[name] = values
        end
    end
    return question
end

local function refuse(txn, answer)
    local is_told = answer.status == 401 or answer.status == 403 or answer.status == 503
    local reply = txn:reply({ status = is_told and answer.status or 503 })
    if is_told then
        for _, name in ipairs({ "www-authenticate", "retry-after" }) do
            for _, value in ipairs(values_of(answer.headers or {}, name)) do
                reply:add_header(name, value)
            end
        end
    end
    reply:add_header("cache-control", "no-store")
    txn:done(reply)
end

local function ask_signet(txn, url)
    local answer = core.httpclient():get({ url = url, headers = question_of(txn), timeout = PATIENCE })
    if answer.status ~= 200 then
        return refuse(txn, answer)
    end
    for _, name in ipairs(COPIED) do
        -- Deleted first: what Signet does not say, or says is empty, nobody says.
        txn.http:req_del_header(name)
        local values = values_of(answer.headers, name)
        if values[1] and values[1] ~= "" then
            txn.http:req_set_header(name, values[1])
        end
    end
end

core.register_action("ask_signet", { "http-req" }, ask_signet, 1)
