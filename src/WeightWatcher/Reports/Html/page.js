(function(){
"use strict";
var d=document,table=d.getElementById("rows"),tools=d.querySelectorAll(".tools");
function open(){var t=location.hash.length>1&&d.getElementById(location.hash.slice(1));if(t&&t.tagName==="DETAILS"){t.open=true;t.scrollIntoView();}}
addEventListener("hashchange",open);open();
d.addEventListener("click",function(e){var a=e.target.closest&&e.target.closest("a");if(a){var h=a.getAttribute("href");if(h&&h[0]==="#"&&h===location.hash)setTimeout(open,0);}});
tools.forEach(function(t){t.hidden=false;});
if(table){
var body=table.tBodies[0],rows=Array.prototype.slice.call(body.rows),box=d.getElementById("find"),only=d.getElementById("only"),shown=d.getElementById("shown");
var filter=function(){var q=box.value.toLowerCase(),n=0;rows.forEach(function(r){var ok=r.querySelector("th").textContent.toLowerCase().indexOf(q)>=0&&!(only&&only.checked&&!r.dataset.f);r.hidden=!ok;if(ok)n++;});shown.textContent=n+" of "+rows.length;};
box.addEventListener("input",filter);if(only)only.addEventListener("change",filter);filter();
Array.prototype.forEach.call(table.tHead.rows[0].cells,function(th,i){
var b=d.createElement("button");b.type="button";while(th.firstChild)b.appendChild(th.firstChild);th.appendChild(b);
b.addEventListener("click",function(){
var up=th.getAttribute("aria-sort")==="descending"||(!th.hasAttribute("aria-sort")&&th.dataset.first==="up");
Array.prototype.forEach.call(table.tHead.rows[0].cells,function(o){o.removeAttribute("aria-sort");});
th.setAttribute("aria-sort",up?"ascending":"descending");
rows.sort(function(x,y){var a=x.cells[i].dataset.v,c=y.cells[i].dataset.v,r;
if(a===undefined||c===undefined){r=x.cells[i].textContent.localeCompare(y.cells[i].textContent,"en",{numeric:true});}
else if(a===""||c===""){return a===c?0:a===""?1:-1;}
else{r=a-c;}
return (up?r:-r)||x.dataset.i-y.dataset.i;});
rows.forEach(function(r){body.appendChild(r);});});});
}
var all=d.getElementById("all");
if(all)all.addEventListener("click",function(){var s=d.querySelectorAll("details.layer"),o=all.getAttribute("aria-pressed")!=="true";s.forEach(function(x){x.open=o;});all.setAttribute("aria-pressed",o);all.textContent=o?"Close all":"Open all";});
})();
