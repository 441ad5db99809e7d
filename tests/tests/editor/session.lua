-- What somebody does in the editor, and what is seen of it, a line each, in the file that RESULTS names.
local results = assert(io.open(os.getenv("RESULTS"), "w"))

local function say(text)
  results:write(text, "\n")
  results:flush()
end

local function wait(what, condition)
  if not vim.wait(20000, condition, 10) then
    say("never: " .. what)
    vim.cmd("cquit")
  end
end

local function messages()
  local found = vim.diagnostic.get(0)
  table.sort(found, function(one, other) return one.lnum < other.lnum end)
  return vim.tbl_map(function(it) return it.lnum + 1 .. ": " .. it.message:match("[^\n]*") end, found)
end

local function ask(method, extra)
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  local answers = vim.lsp.buf_request_sync(0, method, vim.tbl_extend("force", params, extra or {}), 20000)
  local _, answer = next(answers or {})
  return answer and answer.result
end

vim.cmd("edit user.x")
say("filetype " .. vim.bo.filetype)
wait("a server", function() return next(vim.lsp.buf_get_clients(0)) ~= nil end)
wait("a diagnostic", function() return #messages() > 0 end)
say("diagnostics " .. table.concat(messages(), ", "))

-- `nam` becomes `name`.
vim.api.nvim_buf_set_text(0, 3, 7, 3, 7, { "e" })
wait("no diagnostic", function() return #messages() == 0 end)
say("mended " .. vim.api.nvim_buf_get_lines(0, 3, 4, true)[1])

vim.api.nvim_win_set_cursor(0, { 4, 5 })
say("hover " .. vim.inspect(ask("textDocument/hover").contents.value:match("On the wire: [^\n]*")))
local items = ask("textDocument/completion").items
say("completion " .. #vim.tbl_filter(function(item) return item.label == "name" end, items))

vim.lsp.buf.definition()
wait("the definition", function() return vim.fn.expand("%:t") == "base.x" end)
say("definition base.x:" .. table.concat(vim.api.nvim_win_get_cursor(0), ":"))

vim.lsp.buf.rename("label")
wait("a new name", function() return vim.api.nvim_buf_get_lines(0, 1, 2, true)[1]:find("label") ~= nil end)
say("renamed " .. vim.api.nvim_buf_get_lines(0, 1, 2, true)[1])
vim.cmd("buffer user.x")
say("renamed " .. vim.api.nvim_buf_get_lines(0, 3, 4, true)[1])

vim.api.nvim_buf_set_lines(0, 4, 5, true, { "int   age ;" })
if vim.lsp.buf.format then
  vim.lsp.buf.format({ timeout_ms = 20000 })
else
  vim.lsp.buf.formatting_sync(nil, 20000)
end
wait("layout", function() return vim.api.nvim_buf_get_lines(0, 4, 5, true)[1] == "    int age;" end)
say("laid out " .. vim.inspect(vim.api.nvim_buf_get_lines(0, 0, -1, true)))
say("diagnostics " .. table.concat(messages(), ", "))
vim.cmd("qall!")
